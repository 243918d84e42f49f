/** Words that tell what is a name and what is not, folded: English and Portuguese, with what other names need. */
const list = (words: string): ReadonlySet<string> =>
  new Set(words.split(/\s+/).filter((word) => word !== ""));

/** Abbreviations whose point ends no sentence. */
export const abbreviations = list(`
  dr dra mr mrs ms mx prof profa profª sr sra srta srs exmo exma eng engª arq adv dep sen gov pres gen col cel cap capt
  lt ten sgt maj rev fr st sta sto jr vs cf e.g i.e eg ie p pp vol vols fig figs art arts no nº nos num núm ed
  eds trad séc sec ca c d dom av r al estr hon messrs mme mlle m
  jan feb mar apr jun jul aug sep sept oct nov dec fev abr mai ago set out dez approx aprox obs inc ltd ltda co corp bros
`);

/** Small words inside a name: `Universidade de Lisboa`, `University of the West`, `Vincent van Gogh`. */
export const connectors = list(`
  de da do das dos d del della delle di du des la las le les los el of the van von der den zu zum zur ter ten te af av
  bin ibn ben al y
`);

/** Small words that may also stand inside the title of a work. */
export const titleConnectors = list(`
  and or in on at to with from by a an as into vs e ou em no na nos nas a o as os um uma com por para ao à aos às et en
  und pelo pela
`);

/** Months and days of the week: they date a sentence, and are no names. */
export const calendarWords = list(`
  january february march april may june july august september october november december
  jan feb mar apr jun jul aug sep sept oct nov dec
  monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
  janeiro fevereiro março marco abril maio junho julho agosto setembro outubro novembro dezembro
  fev abr mai ago set out dez
  segunda terça terca quarta quinta sexta sábado sabado domingo segunda-feira terça-feira terca-feira quarta-feira
  quinta-feira sexta-feira seg ter qua qui sex sáb sab dom
`);

/** What stands before a person's name and is no part of it. */
export const personTitles = list(`
  mr mrs ms mx miss dr prof professor sir dame lord lady king queen prince princess emperor empress president
  vice-president minister secretary senator governor mayor general colonel captain lieutenant sergeant major admiral
  commander marshal pope bishop archbishop cardinal father brother sister saint reverend rev hon judge justice chancellor
  ambassador congressman congresswoman duke duchess count countess baron baroness earl sultan sheikh coach chairman
  chairwoman uncle aunt grandpa grandma
  sr sra srta dra profa professora doutor doutora senhor senhora dona seu rei rainha príncipe princesa imperador imperatriz
  presidente vice-presidente ministro ministra primeiro-ministro secretário secretária senador senadora governador
  governadora prefeito prefeita general coronel capitão tenente sargento major almirante papa bispo arcebispo cardeal
  padre frei irmã irmão juiz juíza chanceler embaixador embaixadora deputado deputada vereador vereadora duque duquesa
  conde condessa barão baronesa visconde marquês tio tia vovô vovó vô vó delegado delegada engenheiro engenheira
`);

/** Words before a title: `Prime Minister`, `Lieutenant General`. */
export const titlePrefixes = list(`
  prime vice deputy former first chief crown grand foreign primeiro primeira vice ex
`);

/** What joins two names more often than it is part of one. */
export const conjunctions = list("and e for");

/** Heads of names that may hold a conjunction: `Ministry of Health and Welfare`. */
export const institutions = list(`
  academy agency association board bureau center centre chamber college commission committee conference confederation
  council department division faculty federation foundation institute institution ministry museum office organisation
  organization school secretariat society union university
  academia agência associação câmara centro colégio comissão comitê comité conferência confederação conselho declaração
  departamento direção divisão escola faculdade federação fundação instituição instituto laboratório ministério museu
  organização secretaria sindicato sociedade superintendência união universidade
`);

/** Offices that are also written after a country or a party: `British Prime Minister`, `U.S. Senator`. */
export const offices = list(`
  president vice-president minister secretary senator governor mayor chancellor ambassador congressman congresswoman
  representative director chairman presidente vice-presidente ministro ministra primeiro-ministro secretário secretária
  senador senadora governador governadora prefeito prefeita chanceler embaixador embaixadora deputado deputada diretor
  diretora
`);

/** Abbreviations of ordinary words. */
export const ordinaryAbbreviations = list(`
  iq utc gmt xor am pm bc ad ce bce ok tv dvd dvds cd cds ep eps lp lps phd msc bsc ba ma md jd mba ceo cto cfo coo vp hr pr
  faq faqs todo id ids ui ux url urls uri pdf pdfs html css json xml yaml csv api apis cli gui sdk ide http https sql usb
  led lcd gps pc pcs cpu gpu ram rom ssd hd os ai ml it dna rna atm diy rsvp asap fyi imo tbd tba eta aka ps nb
  sms gdp pib cpf cnpj rg cep ip vip ufo hiv aids suv km kg mg ml cm mm kb mb gb tb hz khz mhz ghz kw kwh
`);

/** What a text says of its own buttons: before them, behind them. */
export const labelVerbs = list(`
  run running click clicking press pressing tap tapping select selecting choose choosing enable disable toggle untoggle check uncheck hit open
  clique clicar pressione aperte toque selecione escolha ative desative marque desmarque abra
`);
export const labelParticles = list("on the in to o a em no na");
export const labelNouns = list(`
  button buttons menu menus tab tabs pane panel dialog modal popup window view mode section setting settings option
  options checkbox checkboxes dropdown toggle field fields column columns row icon key command commands heading headings
  page screen sidebar toolbar shortcut
  botão botões aba abas painel janela modo seção secção configuração configurações opção opções campo campos coluna colunas
  ícone tecla comando comandos cabeçalho página tela atalho
`);

/** Interjections, keys and marks that stand alone with a capital. */
export const loneWords = list(`
  yes no not hi hello hey thanks thank please sorry ok okay note notes todo done tip warning example see cmd ctrl alt opt
  esc enter shift tab del appendix chapter section figure
  apêndice capítulo seção figura sim não nao oi olá obrigado obrigada valeu nota obs feito dica aviso exemplo ver bom boa
`);

/** Parts of software that are spelled with a capital behind its name: `Minimal Theme`, `LYT Mode`. */
export const softwareParts = list(`
  theme themes plugin plugins snippet snippets css url urls api ui mode settings button menu modal dialog tab pane
  tema temas modo configurações botão aba painel
`);

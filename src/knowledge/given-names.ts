const list = (names: string): readonly string[] => names.split(/\s+/).filter((name) => name !== "");

/** Common given names of Portuguese, folded; none that is also an everyday word. */
const portuguese = list(`
 abel adriana adriano afonso alan alessandra alexandra alexandre alice aline amanda ana anabela andré andreia andréia andressa
 angélica ângela antónia antônia antónio antônio arthur artur augusto aurora bárbara beatriz benedita benedito benjamim 
 bernardo bianca breno bruna bruno caio camila carla carlos carmem carolina caroline catarina cauã cecília célia celso
 césar cícero clarice clarissa cláudia cláudio conceição cristiane cristiano cristina daniela daniel danilo david davi débora
 denise diana diego diogo douglas duarte edgar edite edmundo edson eduarda eduardo elaine elena eliana eliane elias
 elisa elisabete elizabete eloá emanuel emília enzo érica erick érico ernesto ester eva evandro fábio fabiana fabiano
 fabrício fátima felipe fernanda fernando filipa filipe flávia flávio francisca francisco frederico gabriel gabriela
 geraldo gilberto giovana giovanna gisele gonçalo guilherme gustavo heitor helder hélder helena heloísa henrique
 heloisa hugo iara igor inês inácio irene isaac isabel isabela isadora ivan ivo jacinta jaime jaqueline jéssica joana joão
 joaquim joaquina joel jonas jonathan jorge josé josefa júlia juliana juliano júlio karina karla kátia lara larissa laura
 lauro leandro leila leonardo leonor letícia lídia lígia lívia lourdes lourenço luan luana lucas lúcia luciana
 luciano lúcio ludmila luís luiz luísa luiza madalena mafalda magda maitê manoel manuel manuela mara marcela marcelo márcia
 márcio marco marcos margarida maria mariana marília marina mário marisa marlene marta mateus matheus matias maurício mauro
 melissa miguel milena miriam moisés mónica mônica murilo nádia natália nathalia neide nelson nicolas nicole nuno olga
 olívia orlando óscar otávio palmira patrícia paula paulo pedro pietra priscila quitéria rafael rafaela raimundo ramon
 raquel raul rebeca regina reginaldo renata renato ricardo rita roberta roberto rodrigo rogério ronaldo rosana rosângela
 rosário rubens rui ruth samuel sandra sandro sara sebastião sérgio silvana sílvia silvio simone simão sofia
 sônia sónia soraia sueli suzana tadeu tainá talita tânia tatiana telma teresa tereza thaís thiago tiago tomás valentina
 valéria vanessa vânia vasco vera verónica verônica vicente victor vinícius vítor vitor viviane wagner
 wanderley wellington wesley yasmin yuri zélia joao jose antonio andre monica sonia lucia marcia marcio julia
 julio claudia claudio fabio flavia flavio sergio silvia patricia leticia leticia vinicius mauricio helio hélio
`);

/** Common given names of English, folded; none that is also an everyday word. */
const english = list(`
 aaron abigail ada adam adrian agnes aidan aisha alan albert alejandro alex alexander alfred alice alicia alison allison amanda
 amelia amy andrea andrew angela anita ann anna anne annie anthony antonio april archie arnold arthur ashley audrey ava barbara
 beatrice becky ben benjamin bernard beth betty beverly bob bobby bonnie brandon brenda brendan brian bridget bruce bryan
 callum cameron carl carmen caroline carolyn catherine cathy cecilia charles charlie charlotte cheryl chloe chris christian
 christina christine christopher cindy claire clara clare claudia colin connor craig crystal cynthia daisy damian dan daniel
 danielle darren dave david deborah debra deirdre denis dennis derek diana diane dominic donald donna dora doris dorothy doug
 douglas duncan dylan edgar edith edmund edward edwin eileen elaine eleanor elena eli elias elijah elizabeth ella ellen ellie
 emily emma eric erica erin ernest esther ethan eugene eva evan evelyn fiona fran frances francis frank fred frederick
 gareth gary gavin geoffrey george gerald gerard gilbert gillian gina glenn gloria gordon graham greg gregory gwen
 hannah harold harriet harry harvey heather hector helen henry herbert holly howard hugh ian ingrid irene isaac isabel isabella
 isla ivan jack jackie jackson jacob jacqueline jake james jamie jane janet janice jason jean jeff jeffrey jenna jennifer jenny
 jeremy jerry jesse jessica jill jim jimmy joan joanna joanne joe joel john johnny jonathan jose joseph josephine
 joshua joyce judith judy julia julian julie juliet justin karen karl kate katherine kathleen kathryn katie keith kelly ken
 kenneth kevin kim kimberly kirsten kyle laura lauren laurence lawrence leah lee leo leon leonard leslie lewis liam linda
 lisa liz lois lorraine louis louise lucas lucy luke lydia lynn mabel madeleine malcolm marc marcus margaret
 maria marian marie marilyn marion marjorie martha martin mary mason matthew maureen maurice max maxine maya megan melanie
 melissa michael michelle mike mildred millie mohammed molly monica morgan muhammad muriel nancy naomi natalie natasha nathan
 neil niamh nicholas nick nicola nicole nigel nina noah nora norma norman olga oliver olivia oscar owen pamela patricia patrick
 paul paula pauline peggy penelope peter phil philip phillip phoebe phyllis priya rachel ralph raymond rebecca reginald
 richard rita rob robert robin rodney roger ron ronald rory rosa rosalind rosemary ross roy russell ruth ryan sabrina sally
 sam samantha samuel sandra sara sarah scott sean sebastian sharon sheila shirley simon sofia sophia sophie stacy stan
 stanley stella stephanie stephen steve steven stuart susan suzanne sylvia tamara tanya ted teresa terry theodore theresa
 thomas tiffany tim timothy tina toby todd tom tommy tony tracy trevor tristan tyler valerie vanessa vera vernon veronica
 victor vincent viola violet vivian walter wayne wendy wesley wilfred william yasmin yvonne zachary zoe
 yuki wei mei ahmed ali fatima omar hassan raj sanjay anil sunil deepa hiroshi kenji akira olga dmitri ivan
`);

/** Given names of persons, folded. */
export const givenNames: ReadonlySet<string> = new Set([...portuguese, ...english]);

import { describe, expect, it } from "vitest";
import { typeInText } from "../../src/knowledge/type-evidence.ts";
import { nameSpansOf } from "../support/names-of.ts";

/** Names of a text with their types. */
function typesIn(text: string): Record<string, string | undefined> {
  const [names = []] = nameSpansOf([text]);
  return Object.fromEntries(names.map((name) => [text.slice(name.start, name.end), typeInText(text, name)]));
}

describe("the type of a name", () => {
  it("is told by titles, given names and initials of persons", () => {
    expect(typesIn("We saw Dr. Zanbury, Ana Zanbury and J. R. R. Zanbury with Dona Florinda.")).toEqual({
      Zanbury: "Person",
      "Ana Zanbury": "Person",
      "J. R. R. Zanbury": "Person",
      Florinda: "Person",
    });
  });

  it("is told by words of the name", () => {
    expect(
      typesIn(
        "Da Rua Ana Souza à Universidade do Porto, com a Padaria Zanbury Ltda e o Rio Zanbury, na Copa Zanbury.",
      ),
    ).toEqual({
      "Rua Ana Souza": "Place",
      "Universidade do Porto": "Organization",
      "Padaria Zanbury Ltda": "Organization",
      "Rio Zanbury": "Place",
      "Copa Zanbury": "Event",
    });
    expect(typesIn("So Zanbury Inc is by Zanbury Lake, not by the University of Zanbury.")).toEqual({
      "Zanbury Inc": "Organization",
      "Zanbury Lake": "Place",
      "University of Zanbury": "Organization",
    });
  });

  it("is told by the words before it", () => {
    expect(
      typesIn(
        "The singer Zanbury, the band Varlok, the book Quorith; she was born in Tarvale, na cidade de Monvale.",
      ),
    ).toEqual({
      Zanbury: "Person",
      Varlok: "Organization",
      Quorith: "Work",
      Tarvale: "Place",
      Monvale: "Place",
    });
  });

  it("is a place's when the world knows it as a country or a city", () => {
    expect(typesIn("De Lisboa a Moçambique, from New Zealand to São Paulo by way of Paris.")).toEqual({
      Lisboa: undefined,
      Moçambique: "Place",
      "New Zealand": "Place",
      "São Paulo": "Place",
      Paris: "Place",
    });
  });

  it("is a work's when it is a quoted title", () => {
    expect(typesIn("We read “The Zanbury Road” twice.")).toEqual({ "The Zanbury Road": "Work" });
  });

  it("is not guessed where nothing tells it", () => {
    expect(typesIn("We like Zanbury, the president of Tarvale and Varlok.")).toEqual({
      Zanbury: undefined,
      Tarvale: undefined,
      Varlok: undefined,
    });
  });
});

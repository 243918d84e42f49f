import { expect, test } from "vitest";
import { decode } from "../../src/notes/decode.ts";

const portuguese = "# Viagem à Amazônia\n\nO avião saiu às 7 h; nós não dormimos.\n";
const japanese = "# 京都への旅\n\n一日目は、金閣寺を見ました。とても美しかったです。\n";
const russian = "# Записки\n\nМы приехали утром, и город ещё спал. Было холодно.\n";

function utf16(text: string, order: "little" | "big", mark: boolean): Uint8Array {
  const bytes = Buffer.from((mark ? "\uFEFF" : "") + text, "utf16le");
  return order === "little" ? bytes : bytes.swap16();
}

test("UTF-8 is read with and without its mark, and the mark is no part of the text", () => {
  expect(decode(Buffer.from(portuguese))).toBe(portuguese);
  expect(decode(Buffer.from(`\uFEFF${portuguese}`))).toBe(portuguese);
  expect(decode(Buffer.from(`\uFEFF---\ntitle: x\n---\n`)).startsWith("---")).toBe(true);
});

test.each(["little", "big"] as const)(
  "UTF-16 in %s-endian order is read with and without its mark",
  (order) => {
    for (const text of [portuguese, japanese, russian]) {
      expect(decode(utf16(text, order, true))).toBe(text);
      expect(decode(utf16(text, order, false))).toBe(text);
    }
  },
);

test("what is neither UTF-8 nor UTF-16 is read as Latin-1, typographic quotes of Windows included", () => {
  expect(decode(Buffer.from(portuguese, "latin1"))).toBe(portuguese);
  expect(decode(Buffer.from([0x93, 0x6f, 0x6c, 0xe1, 0x94, 0x20, 0x80]))).toBe("“olá” €");
});

test("a text of Latin-1 with an even number of letters is not taken for Chinese", () => {
  expect(decode(Buffer.from("Bush escondeu os fatos, não?", "latin1"))).toBe("Bush escondeu os fatos, não?");
});

test("NUL is left out wherever it stands, and does not make the rest unreadable", () => {
  expect(decode(Buffer.from("a\0b [[No\0te]]\0\n"))).toBe("ab [[Note]]\n");
  expect(decode(Buffer.from(`${"word \0".repeat(50)}é`))).toBe(`${"word ".repeat(50)}é`);
  expect(decode(Buffer.from(`caf\u00e9 \0\0 caf\u00e9, e mais nada aqui`, "latin1"))).toBe(
    "café  café, e mais nada aqui",
  );
  expect(decode(Buffer.from("\0\0\0\0"))).toBe("");
});

test("lone surrogates in UTF-16 become replacement characters, so that every store can keep them", () => {
  const text = decode(utf16("before \uD83D after \uDC00 end", "little", true));
  expect(text).toBe("before \uFFFD after \uFFFD end");
  expect(text.isWellFormed()).toBe(true);
});

test("empty files, single bytes and odd lengths are texts too", () => {
  expect(decode(new Uint8Array())).toBe("");
  expect(decode(Buffer.from("a"))).toBe("a");
  expect(decode(Buffer.from([0xef, 0xbb, 0xbf]))).toBe("");
  expect(decode(Buffer.from([0xff, 0xfe]))).toBe("");
  expect(decode(Buffer.from([0xff, 0xfe, 0x41, 0x00, 0x42])).startsWith("A")).toBe(true);
});

test("whatever the bytes are, the text is well formed and has no NUL", () => {
  let seed = 42;
  const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648);
  for (let run = 0; run < 300; run++) {
    const text = decode(Uint8Array.from({ length: random() % 300 }, () => (random() >> 8) % 256));
    expect(text.isWellFormed() && !text.includes("\0")).toBe(true);
  }
});

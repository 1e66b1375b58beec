/**
 * A formula as MathML, which every browser draws without help: fractions, roots, exponents and indices. The text is that of
 * `ExplainStep.formula`, so that pages, terminals and Markdown say the same.
 */

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const SUPERSCRIPTS: Readonly<Record<string, string>> = { "²": "2", ᵀ: "T" };
const INDICES: Readonly<Record<string, string>> = { ᵢ: "i", ⱼ: "j" };
/** Words of a sentence within a formula, whole functions, and single symbols with their indices. */
const TOKEN =
  /\s+|∂L?[^\s/()]*\/∂[^\s,()]+|[A-Za-z][\w.]*\/[A-Za-z]\w*|\d+(?:\.\d+)?(?:e[−+]?\d+)?|[A-Za-zα-ωŷẑ][\u0300-\u036f]?[A-Za-z]+\d*|[A-Za-zα-ωŷ∂ΔΣ]\p{M}?|[²ᵀᵢⱼ₀-₉]+|./gu;

const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const FUNCTIONS = new Set(["tanh", "ln", "max", "min", "sign"]);

/** Markup of a piece, and whether it is a group in parentheses, whose parentheses a fraction makes needless. */
interface Piece {
  readonly markup: string;
  readonly inner?: string;
}

class Reader {
  readonly #tokens: string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(TOKEN) ?? [];
  }

  /** All pieces up to the closing parenthesis, or to the end. */
  row(): string {
    const pieces: Piece[] = [];
    for (let token = this.#tokens[this.#at]; token !== undefined && token !== ")"; token = this.#tokens[this.#at]) {
      const isFraction = token.trim() === "" && this.#tokens[this.#at + 1] === "/";
      if (isFraction && pieces.length > 0) {
        this.#at += 3; // space, slash, space
        const [over, under] = [pieces.pop() as Piece, this.#item()];
        pieces.push({
          markup: `<mfrac><mrow>${over.inner ?? over.markup}</mrow><mrow>${under.inner ?? under.markup}</mrow></mfrac>`,
        });
      } else pieces.push(this.#item());
    }
    return pieces.map(({ markup }) => markup).join("");
  }

  #item(): Piece {
    const token = this.#tokens[this.#at++];
    if (token === undefined) return { markup: "" };
    if (token.trim() === "") return { markup: token.length > 1 ? `<mspace width="1em"/>` : `<mspace width="0.17em"/>` };
    if (token === "Σ") {
      while (this.#tokens[this.#at]?.trim() === "") this.#at++;
      return { markup: `<mrow><mo>Σ</mo>${this.#item().markup}</mrow>` };
    }
    if (token === "√") {
      const { inner, markup } = this.#item();
      return { markup: `<msqrt><mrow>${inner ?? markup}</mrow></msqrt>` };
    }
    if (token === "(") {
      const inner = this.row();
      this.#at++;
      return this.#scripts({ markup: `<mrow><mo>(</mo>${inner}<mo>)</mo></mrow>`, inner });
    }
    const partial = /^∂(.*)\/∂(.*)$/.exec(token);
    if (partial) {
      const [over, under] = [partial[1], partial[2]].map((symbol) => (symbol === "" ? "" : mathRow(symbol)));
      return this.#scripts({ markup: `<mfrac><mrow><mo>∂</mo>${over}</mrow><mrow><mo>∂</mo>${under}</mrow></mfrac>` });
    }
    if (/^\d/.test(token)) return this.#scripts({ markup: `<mn>${token}</mn>` });
    if (FUNCTIONS.has(token)) return { markup: `<mi>${token}</mi>` };
    if (/^\p{L}/u.test(token) && !/^[ᵢⱼᵀ]/.test(token)) {
      const isWord = [...token.normalize("NFD").replace(/\p{M}/gu, "")].length > 1;
      return isWord ? { markup: `<mtext>${escaped(token)}</mtext>` } : this.#scripts({ markup: `<mi>${token}</mi>` });
    }
    return { markup: `<mo>${escaped(token)}</mo>` };
  }

  /** Exponents and indices after a piece. */
  #scripts(base: Piece): Piece {
    const token = this.#tokens[this.#at] ?? "";
    if (token === "^") {
      this.#at++;
      const { inner, markup } = this.#item();
      return { markup: `<msup>${base.markup}<mrow>${inner ?? markup}</mrow></msup>` };
    }
    if (!/^[²ᵀᵢⱼ₀-₉]+$/.test(token)) return base;
    this.#at++;
    let { markup } = base;
    const digits = [...token].filter((sign) => SUBSCRIPTS.includes(sign));
    const index = digits.map((sign) => String(SUBSCRIPTS.indexOf(sign))).join("");
    const letters = [...token].flatMap((sign) => INDICES[sign] ?? []).join("");
    if (index + letters !== "") markup = `<msub>${markup}<mrow><mi>${index}${letters}</mi></mrow></msub>`;
    const power = [...token].flatMap((sign) => SUPERSCRIPTS[sign] ?? []).join("");
    if (power !== "") markup = `<msup>${markup}<mi>${power}</mi></msup>`;
    return this.#scripts({ markup });
  }
}

function mathRow(text: string): string {
  return new Reader(text).row();
}

/** `z₁ = x W₁ + b₁` as a `<math>` element. */
export function toMathML(formula: string): string {
  return `<math><mrow>${mathRow(formula)}</mrow></math>`;
}

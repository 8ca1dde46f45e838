/**
 * What source files import, what they use of the outside world, and what they keep at their top
 * level, by TypeScript's own parser and scopes.
 *
 * @module
 */

import ts from "./deps/typescript.ts";
import {
  canChange,
  changedBy,
  isAmbient,
  isAtTop,
  isMeta,
  isMetaUrl,
  isName,
  isTypeAlone,
  lineOf,
  memberOf,
  rootOf,
  textOf,
  usedAs,
} from "./syntax.ts";

/** A source file. */
export interface Source {
  readonly path: string;
  /** Paths of this project's files that it imports, for types as well, or loads later. */
  readonly imports: readonly string[];
  /** Those of them that it loads later. */
  readonly later: readonly string[];
  /** Those that have to be loaded before it runs: neither for types nor later. */
  readonly needs: readonly string[];
  /**
   * What it uses beyond this project's files: globals with their members (`Deno.env.get`,
   * `new Date()`, `new Date(…)`, `instanceof Date`), `import.meta.url`, `node:zlib.crc32`; and of HTTP the
   * status codes (`HTTP 404`).
   */
  readonly uses: readonly string[];
  /** State at its top level that can change, as it is written. */
  readonly state: readonly string[];
}

/** Paths of a project, and the texts of its files. */
export type Texts = ReadonlyMap<string, string>;

/** Reads files, each by itself; paths are relative to the project. */
export function readSources(texts: Texts): Source[] {
  const host: ts.CompilerHost = {
    getSourceFile: (path) => ts.createSourceFile(path, texts.get(path) ?? "", PARSING, true),
    getDefaultLibFileName: () => "",
    writeFile: () => {},
    getCurrentDirectory: () => "",
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    fileExists: (path) => texts.has(path),
    readFile: (path) => texts.get(path),
  };
  const program = ts.createProgram({ rootNames: [...texts.keys()], options: OPTIONS, host });
  const checker = program.getTypeChecker();
  return Array.from(texts.keys(), (path) => new Reader(path, checker).read(program));
}

/** No type is looked at, so nothing but the files themselves is read. */
const OPTIONS: ts.CompilerOptions = {
  noLib: true,
  noResolve: true,
  allowJs: true,
  types: [],
  target: ts.ScriptTarget.Latest,
  module: ts.ModuleKind.ESNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
};

const PARSING: ts.CreateSourceFileOptions = {
  languageVersion: ts.ScriptTarget.Latest,
  jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
};

const PROJECT = "file:///";

class Reader {
  readonly #path: string;
  readonly #checker: ts.TypeChecker;
  readonly #imports = { type: [] as string[], later: [] as string[], needs: [] as string[] };
  readonly #uses = new Set<string>();
  readonly #state: string[] = [];

  constructor(path: string, checker: ts.TypeChecker) {
    this.#path = path;
    this.#checker = checker;
  }

  read(program: ts.Program): Source {
    const file = program.getSourceFile(this.#path)!;
    for (const { fileName } of file.referencedFiles) this.#import(`./${fileName}`, "type", []);
    for (const statement of file.statements) this.#readTop(statement);
    this.#visit(file);
    const { type, later, needs } = this.#imports;
    const imports = [...type, ...later, ...needs];
    return { path: this.#path, imports, later, needs, uses: [...this.#uses], state: this.#state };
  }

  #visit(node: ts.Node): void {
    if (ts.isImportTypeNode(node)) {
      const of = ts.isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : undefined;
      this.#import(of, "type", []);
    } else if (isTypeAlone(node)) ts.forEachChild(node, (child) => this.#visitType(child));
    else if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      this.#readStatement(node);
    } else {
      if (ts.isIdentifier(node)) this.#readIdentifier(node);
      else if (ts.isNumericLiteral(node)) this.#readNumber(node);
      else if (isMeta(node)) this.#uses.add(usedAs(node));
      else if (memberOf(node) === "constructor") this.#uses.add("….constructor");
      else if (ts.isImportEqualsDeclaration(node)) this.#uses.add("import = …");
      else if (ts.isCallExpression(node) || ts.isNewExpression(node)) this.#readCall(node);
      else if (ts.isPropertyDeclaration(node)) this.#readProperty(node);
      this.#readChange(node);
      ts.forEachChild(node, (child) => this.#visit(child));
    }
  }

  /** Types do nothing; but they can be another file's. */
  #visitType(node: ts.Node): void {
    if (ts.isImportTypeNode(node)) this.#visit(node);
    else ts.forEachChild(node, (child) => this.#visitType(child));
  }

  #readStatement(node: ts.ImportDeclaration | ts.ExportDeclaration): void {
    if (node.moduleSpecifier === undefined) return;
    const clause = ts.isImportDeclaration(node) ? node.importClause : node;
    const list = ts.isImportDeclaration(node)
      ? node.importClause?.namedBindings
      : node.exportClause;
    const isNamed = list !== undefined && (ts.isNamedImports(list) || ts.isNamedExports(list));
    const elements = isNamed ? [...list.elements] : [];
    const values = elements.filter(({ isTypeOnly }) => !isTypeOnly);
    const hasDefault = ts.isImportDeclaration(node) && node.importClause?.name !== undefined;
    const isType = clause?.isTypeOnly === true ||
      !hasDefault && elements.length > 0 && values.length === 0;
    const names = values.map(({ propertyName, name }) => (propertyName ?? name).text);
    if (hasDefault) names.push("default");
    if (!isNamed && !hasDefault || list !== undefined && !isNamed) names.push("*");
    this.#import(textOf(node.moduleSpecifier), isType ? "type" : "needs", names);
  }

  /** `import("…")`, and what a module names by its own place: `new URL("…", import.meta.url)`. */
  #readCall(node: ts.CallExpression | ts.NewExpression): void {
    const [first, second] = node.arguments ?? [];
    const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
    if (isImport) this.#import(textOf(first), "later", ["*"]);
    else if (node.arguments?.some(isMetaUrl) && first !== second && textOf(first) !== undefined) {
      this.#import(textOf(first), "later", []);
    } else if (
      ts.isPropertyAccessExpression(node.expression) && isMeta(node.expression.expression)
    ) {
      this.#import(textOf(first), "later", []);
    }
  }

  #import(specifier: string | undefined, kind: "type" | "later" | "needs", names: string[]): void {
    if (specifier === undefined) this.#uses.add("import(…)");
    else if (/^\.{0,2}\//.test(specifier)) {
      const { href } = new URL(specifier, `${PROJECT}${this.#path}`);
      this.#imports[kind].push(decodeURIComponent(href.slice(PROJECT.length)));
    } else if (kind !== "type" || !specifier.startsWith("node:")) {
      for (const name of names.length > 0 ? names : ["*"]) this.#uses.add(`${specifier}.${name}`);
    }
  }

  /** A number that a status is compared with: one of HTTP's. */
  #readNumber(node: ts.NumericLiteral): void {
    const statement = ts.findAncestor(node, ts.isStatement);
    const isOfHttp = /^[1-5]\d\d$/.test(node.text) && /status/i.test(statement?.getText() ?? "");
    if (isOfHttp) this.#uses.add(`HTTP ${node.text}`);
  }

  #readIdentifier(node: ts.Identifier): void {
    if (node.text !== "undefined" && !isName(node) && !this.#isDeclared(node)) {
      this.#uses.add(usedAs(node));
    }
  }

  #symbolOf(node: ts.Identifier): ts.Symbol | undefined {
    return ts.isShorthandPropertyAssignment(node.parent)
      ? this.#checker.getShorthandAssignmentValueSymbol(node.parent)
      : this.#checker.getSymbolAtLocation(node);
  }

  /** Whether a file declares the name, and not only that somebody else does. */
  #isDeclared(node: ts.Identifier): boolean {
    const declarations = this.#symbolOf(node)?.declarations ?? [];
    return declarations.some((declaration) =>
      (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Ambient) === 0 &&
      ts.findAncestor(declaration, isAmbient) === undefined
    );
  }

  #readTop(statement: ts.Statement): void {
    if (ts.isExportAssignment(statement) && canChange(statement.expression)) {
      this.#state.push(lineOf(statement));
    }
    if (!ts.isVariableStatement(statement)) return;
    const isConst = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
    for (const { initializer, type } of statement.declarationList.declarations) {
      if (!isConst || canChange(initializer, type)) this.#state.push(lineOf(statement));
    }
  }

  /** What a class has only once. */
  #readProperty(property: ts.PropertyDeclaration): void {
    const has = (word: ts.ModifierSyntaxKind) =>
      property.modifiers?.some(({ kind }) => kind === word) === true;
    if (!has(ts.SyntaxKind.StaticKeyword)) return;
    if (!has(ts.SyntaxKind.ReadonlyKeyword) || canChange(property.initializer, property.type)) {
      this.#state.push(lineOf(property));
    }
  }

  /** A change of what some module declares at its top level: here, or where it is imported. */
  #readChange(node: ts.Node): void {
    for (const changed of changedBy(node)) {
      // A pattern that is searched from here on.
      if (memberOf(changed) === "lastIndex") continue;
      const root = rootOf(changed);
      if (!ts.isIdentifier(root) || root === node) continue;
      const [declaration] = this.#symbolOf(root)?.declarations ?? [];
      if (declaration !== undefined && isAtTop(declaration)) this.#state.push(lineOf(node));
    }
  }
}

/**
 * What a piece of TypeScript's syntax means: what it names, uses or changes.
 *
 * @module
 */

import ts from "./deps/typescript.ts";

/** Methods that change what they are called on. */
const CHANGING =
  /^(set|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin)$/;
/** What never changes, or not so that anybody sees it. */
const VALUES = /^(URL|RegExp|TextEncoder|TextDecoder|Uint8Array|Int32Array|Error|Intl\.Segmenter)$/;
const READ_ONLY = /^Readonly(Map|Set)</;
/** What a node writes to, whole or in part. */
export function changedBy(node: ts.Node): ts.Expression[] {
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    const { FirstAssignment, LastAssignment } = ts.SyntaxKind;
    return kind >= FirstAssignment && kind <= LastAssignment ? partsOf(node.left) : [];
  }
  if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
    return ts.isVariableDeclarationList(node.initializer) ? [] : partsOf(node.initializer);
  }
  if (ts.isDeleteExpression(node)) return [node.expression];
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const { PlusPlusToken, MinusMinusToken } = ts.SyntaxKind;
    return [PlusPlusToken, MinusMinusToken].some((kind) => kind === node.operator)
      ? [node.operand]
      : [];
  }
  if (!ts.isCallExpression(node)) return [];
  const { expression, arguments: args } = node;
  const method = memberOf(expression);
  if (method === undefined || !isAccess(expression)) return [];
  if (CHANGING.test(method)) return [expression.expression];
  const isAssign = /^(assign|define\w+|setPrototypeOf)$/.test(method) &&
    expression.expression.getText() === "Object";
  return isAssign ? args.slice(0, 1) : [];
}

/** What an assignment assigns to: itself, or what a pattern has in it. */
function partsOf(target: ts.Expression): ts.Expression[] {
  const inner = bare(target);
  if (ts.isArrayLiteralExpression(inner)) return inner.elements.flatMap(partsOf);
  if (!ts.isObjectLiteralExpression(inner)) return [inner];
  return inner.properties.filter(ts.isPropertyAssignment)
    .flatMap(({ initializer }) => partsOf(initializer));
}

/** Whether what a declaration begins with is state: a collection, an object of a class, a closure. */
export function canChange(initializer: ts.Expression | undefined, type?: ts.TypeNode): boolean {
  if (initializer === undefined) return false;
  const made = bare(initializer);
  if (ts.isObjectLiteralExpression(made) || ts.isArrayLiteralExpression(made)) {
    const isTyped = type !== undefined && !/(?<!Readonly)(Map|Set)</.test(type.getText());
    return !isTyped && partsOf(made).some((part) => part !== made && canChange(part));
  }
  if (ts.isCallExpression(made)) {
    const called = bare(made.expression);
    return ts.isArrowFunction(called) || ts.isFunctionExpression(called);
  }
  if (!ts.isNewExpression(made) || VALUES.test(made.expression.getText())) return false;
  return !READ_ONLY.test(type?.getText() ?? "");
}

function bare(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) || ts.isAsExpression(node) ||
      ts.isSatisfiesExpression(node) || ts.isNonNullExpression(node)
    ? bare(node.expression)
    : node;
}

/** What an expression begins with. */
export function rootOf(node: ts.Expression): ts.Expression {
  const inner = bare(node);
  return isAccess(inner) ? rootOf(inner.expression) : inner;
}

/** Whether something is declared or imported at the top level of its file. */
export function isAtTop(declaration: ts.Declaration): boolean {
  if (ts.isImportSpecifier(declaration) || ts.isImportClause(declaration)) return true;
  if (ts.isNamespaceImport(declaration)) return true;
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return ts.isSourceFile(statement.parent);
}

/** A global as it is used: with its members as far as they are written out, or made anew. */
export function usedAs(node: ts.Identifier | ts.MetaProperty): string {
  let use = ts.isIdentifier(node) ? node.text : node.getText();
  let at: ts.Node = node;
  while (isAccess(at.parent) && at.parent.expression === at) {
    const member = memberOf(at.parent);
    if (member === undefined) return `${use}[…]`;
    use += `.${member}`;
    at = at.parent;
  }
  if (at !== node) return use;
  const { parent } = node;
  if (ts.isNewExpression(parent) && parent.expression === node) {
    return `new ${use}(${parent.arguments?.some((arg) => !ts.isSpreadElement(arg)) ? "…" : ""})`;
  }
  const isTested = ts.isBinaryExpression(parent) && parent.right === node &&
    parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword;
  return isTested ? `instanceof ${use}` : use;
}

type Access = ts.PropertyAccessExpression | ts.ElementAccessExpression;

function isAccess(node: ts.Node): node is Access {
  return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
}

/** The member that an expression names, where it is written out. */
export function memberOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  return ts.isElementAccessExpression(node) ? textOf(node.argumentExpression) : undefined;
}

/** A text that is written out. */
export function textOf(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

/** `import.meta`. */
export function isMeta(node: ts.Node): node is ts.MetaProperty {
  return ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword;
}

/** `import.meta`. */
/** `import.meta.url`. */
export function isMetaUrl(node: ts.Node): boolean {
  return isAccess(node) && isMeta(node.expression) && memberOf(node) === "url";
}

/** Whether a node is gone when the program runs. */
export function isTypeAlone(node: ts.Node): boolean {
  if (ts.isExpressionWithTypeArguments(node)) {
    const { parent } = node;
    return !ts.isHeritageClause(parent) || parent.token !== ts.SyntaxKind.ExtendsKeyword ||
      ts.isInterfaceDeclaration(parent.parent);
  }
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isTypeNode(node);
}

/** Whether a node says what others declare. */
export function isAmbient(node: ts.Node): boolean {
  return ts.isModuleDeclaration(node);
}

/** Whether an identifier is the name of something, rather than a use of it. */
export function isName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return true;
  const { name, propertyName } = parent as { name?: ts.Node; propertyName?: ts.Node };
  return name === node || propertyName === node;
}

/** Where something stands, on one line. */
export function lineOf(node: ts.Node): string {
  return node.getText().replaceAll(/\s+/g, " ").slice(0, 80);
}

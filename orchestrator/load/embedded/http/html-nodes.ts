import type { CheerioAPI } from 'cheerio';

/** A node of a document. Cheerio has types for nodes, and exports none of them. */
export type AnyNode = ReturnType<CheerioAPI['root']>[number]['children'][number];
export type Element = Extract<AnyNode, { readonly attribs: unknown }>;
export type ParentNode = NonNullable<AnyNode['parent']>;

export const isTag = (node: AnyNode): node is Element => 'attribs' in node;

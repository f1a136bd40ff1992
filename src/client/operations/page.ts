import { z } from 'zod';

/** The parts of a page that the client asks for. */
export interface PageOf<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

export interface PageVariables extends Record<string, unknown> {
  readonly first?: number;
  readonly after?: string | null;
}

export const PAGE_FIELDS = 'pageInfo { hasNextPage endCursor }';

export function pageSchema<Node>(node: z.ZodType<Node>): z.ZodType<PageOf<Node>> {
  return z.object({
    nodes: z.array(node),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
  });
}

/** Small enough that a page of any list stays below the limit on the fields of an operation. */
const PAGE_SIZE = 20;

/** All items of a list, page after page. @param limit stops after as many */
export async function allOf<Node>(
  ask: (page: PageVariables) => Promise<PageOf<Node>>,
  limit = Number.POSITIVE_INFINITY,
): Promise<Node[]> {
  const nodes: Node[] = [];
  let after: string | null | undefined = null;
  do {
    const page: PageOf<Node> = await ask({ first: Math.min(PAGE_SIZE, limit - nodes.length), after });
    nodes.push(...page.nodes);
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after && nodes.length < limit);
  return nodes;
}

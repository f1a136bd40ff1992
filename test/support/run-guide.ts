import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@jest/globals';
import { Kind, type OperationDefinitionNode, OperationTypeNode, parse } from 'graphql';
import type { GraphqlClient } from './graphql-client.js';
import { type CodeBlock, fileOf, ROOT } from './guide.js';
import { expectSameShape, propertyOf } from './same-shape.js';

const execute = promisify(execFile);

/** The address that documents show. */
const SHOWN_SERVER = 'localhost:3000';
/** `# importDataset.id is the $dataset below`: what a reader takes from an answer. */
const TAKEN = /^# ([\w.]+) is the \$(\w+) below$/;
/** An answer as a comment below its operation. */
const ANSWER = /^# (\{.*\})$/;
/** A command as a comment between operations. */
const COMMAND = /^# \$ (.*)$/;

/** Runs the code blocks of a document in their order, as a reader would. */
export class GuideReader {
  private readonly taken = new Map<string, string>();
  private answer: unknown;

  /**
   * @param client of the server
   * @param folder where its files lie and its commands run
   */
  constructor(
    private readonly client: GraphqlClient,
    private readonly folder: string,
  ) {}

  /** @throws at the first block that does not do what the document says, naming its line */
  async followAll(blocks: readonly CodeBlock[]): Promise<void> {
    for (const [index, block] of blocks.entries()) {
      try {
        await this.follow(block, blocks[index + 1]?.language === 'json');
      } catch (error) {
        throw new Error(`The block at line ${block.line}: ${String(error)}`, { cause: error });
      }
    }
  }

  /** @param answered whether the next block shows the answer */
  private async follow(block: CodeBlock, answered: boolean): Promise<void> {
    const file = fileOf(block);
    if (file !== undefined) await this.write(file, block.code);
    else if (block.language === 'json') expectSameShape(JSON.parse(block.code), this.answer);
    else if (block.language === 'sh') {
      await this.execute(block.code);
      await this.readComments(block.code);
    } else if (block.language === 'graphql') {
      const operations = operationsOf(block.code);
      for (const [index, operation] of operations.entries())
        await this.ask(operation, answered && index === operations.length - 1);
    }
  }

  private async write(file: string, code: string): Promise<void> {
    await mkdir(dirname(join(this.folder, file)), { recursive: true });
    await writeFile(join(this.folder, file), this.here(code));
  }

  private here(text: string): string {
    return text.replaceAll(SHOWN_SERVER, this.client.url.replace('http://', ''));
  }

  private async ask({ node, query, comments }: Operation, answered: boolean): Promise<void> {
    const names = (node.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
    const variables = Object.fromEntries(names.map((name) => [name, this.valueOf(name)]));
    if (node.operation === OperationTypeNode.SUBSCRIPTION) {
      this.answer = undefined;
      for await (const { data } of this.client.subscribe(query, variables)) this.answer = data;
      expect(this.answer).toBeDefined();
    } else {
      const { data, errors } = await this.client.send(query, variables);
      this.answer = errors === undefined ? data : { errors };
    }
    // An error is what the document means only where it shows one.
    if (!answered && !showsAnswer(comments)) expect(failureOf(this.answer)).toBeUndefined();
    await this.readComments(comments.join('\n'));
  }

  private async execute(commands: string): Promise<void> {
    const tools = `q2l() { node "${ROOT}/bin/q2l.js" "$@"; }\nnpx() { "$@"; }\n`;
    const { stdout } = await execute('bash', ['-euo', 'pipefail', '-c', tools + this.here(commands)], {
      cwd: this.folder,
      env: { ...process.env, NODE_OPTIONS: '', Q2L_SERVER: this.client.url, ...Object.fromEntries(this.taken) },
    });
    this.answer = stdout.trimStart().startsWith('{') ? JSON.parse(stdout) : stdout;
  }

  /** Compares with the answer shown in comments, runs the commands there, and takes what is needed below. */
  private async readComments(text: string): Promise<void> {
    for (const line of text.split('\n')) {
      const [, shown] = ANSWER.exec(line) ?? [];
      if (shown !== undefined) expectSameShape(JSON.parse(shown), this.answer);
      const [, command] = COMMAND.exec(line) ?? [];
      if (command !== undefined) await this.execute(command);
      const [, path, name] = TAKEN.exec(line) ?? [];
      if (path === undefined) continue;
      const value = path.split('.').reduce<unknown>(propertyOf, this.answer);
      expect({ line, value }).toEqual({ line, value: expect.any(String) });
      this.taken.set(name, String(value));
    }
  }

  private valueOf(name: string): string {
    const value = this.taken.get(name);
    if (value === undefined) throw new Error(`The document uses $${name}, but does not say where it is taken from.`);
    return value;
  }
}

interface Operation {
  readonly node: OperationDefinitionNode;
  readonly query: string;
  /** The lines between it and the next one. */
  readonly comments: readonly string[];
}

function operationsOf(code: string): Operation[] {
  const operations = parse(code).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  return operations.map((node, index) => ({
    node,
    query: code.slice(node.loc?.start, node.loc?.end),
    comments: code.slice(node.loc?.end, operations[index + 1]?.loc?.start).split('\n'),
  }));
}

/** Whether an answer is shown before the next command. */
function showsAnswer(comments: readonly string[]): boolean {
  const command = comments.findIndex((line) => COMMAND.test(line));
  return comments.slice(0, command < 0 ? comments.length : command).some((line) => ANSWER.test(line));
}

/** GraphQL errors, or an expected error in place of a result. */
function failureOf(answer: unknown): unknown {
  const outcomes: unknown[] = typeof answer === 'object' && answer !== null ? Object.values(answer) : [];
  return propertyOf(answer, 'errors') ?? outcomes.find((outcome) => propertyOf(outcome, 'code') !== undefined);
}

/** Something the worker does by itself. `stop` starts nothing more and resolves when what was under way has ended. */
export type Part = {
  name: string;
  start(): void | Promise<void>;
  stop(): Promise<void>;
};

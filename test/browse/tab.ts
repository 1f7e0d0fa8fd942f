/** A page in a browser that is driven from outside. */
export interface Tab {
  readonly name: string;
  /** Opens an address and waits until it has loaded. */
  open(url: string): Promise<void>;
  /** What the body of a function returns, with `args`; it may await. */
  run<T>(body: string, ...args: unknown[]): Promise<T>;
  /** Picks files, or a folder, in a file input. */
  pick(selector: string, paths: readonly string[]): Promise<void>;
  click(selector: string): Promise<void>;
  /** Presses keys one after the other, by the names of KeyboardEvent.key. */
  press(...keys: string[]): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  /** PNG of what is to be seen. */
  shoot(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** How to start a browser; `isHere`: whether it is on this machine. */
export interface Browser {
  readonly name: 'Chromium' | 'Firefox' | 'WebKit';
  readonly isHere: boolean;
  start(): Promise<Tab>;
}

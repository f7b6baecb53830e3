/** A program that a backend consists of, started by us as a process of this machine. */
export interface Program {
  /** Also the name of its binary, of its image in docker/, and of its log. */
  readonly name: string;
  /** Names of the free ports that it is given. */
  readonly ports: readonly string[];
  /** Files that it finds in its folder, by name. */
  files(place: Place): Readonly<Record<string, string>>;
  args(place: Place): readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Answers with a status below 400 once it is ready. */
  readyUrl(place: Place): string;
  readonly readyWithinMs: number;
}

/** Where a program is: everything listens on 127.0.0.1. */
export interface Place {
  /** A folder of its own, removed with the run. */
  readonly dir: string;
  readonly ports: Readonly<Record<string, number>>;
  /** Programs that were started before it, by name. */
  readonly others: Readonly<Record<string, Started>>;
}

export interface Started {
  readonly ports: Readonly<Record<string, number>>;
}

/** Side connections to the shop's database, recognisable by `application_name = showrunner`. */
export interface DatabaseLever {
  /** Runs one statement with a statement timeout of its own; returns the rows. */
  query(sql: string, params?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

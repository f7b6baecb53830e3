/** An answer that is an error, in the envelope of SigNoz's newer endpoints. */
export class Refused extends Error {
  readonly status: number;
  readonly type: string;
  readonly details: readonly string[];

  constructor(status: number, type: string, message: string, details: readonly string[] = []) {
    super(message);
    this.status = status;
    this.type = type;
    this.details = details;
  }

  get json(): unknown {
    const errors = this.details.map((message) => ({ message }));
    return {
      status: 'error',
      error: { type: this.type, code: this.type.replaceAll('-', '_'), message: this.message, errors },
    };
  }
}

export function invalid(message: string, details: readonly string[] = []): Refused {
  return new Refused(400, 'invalid-input', message, details);
}

/** What the real one can do and this one cannot: said, and never guessed. */
export function beyond(what: string): Refused {
  return new Refused(501, 'unsupported', `the stand-in does not know ${what}`);
}

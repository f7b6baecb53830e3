/** A refusal as Toxiproxy words it: the message and the HTTP status it is sent with. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

export const badBody = (why: string) => new ApiError(400, `bad request body: ${why}`);
export const missingField = (field: string) => new ApiError(400, `missing required field: ${field}`);

// What has arrived of a stream and was not read yet.

/** The messages of one streaming call, for one reader. Bounded by the credit that the server was granted. */
export class Replies {
  #credit;
  #granted;
  #arrived = [];
  #first = 0;
  #taken = 0;
  #end;
  #wake;

  constructor(connection, credit) {
    this.connection = connection;
    this.stream = 0;
    this.#credit = Math.max(1, credit);
    this.#granted = this.#credit;
  }

  /** Returns false when it was not granted. */
  append(payload) {
    this.#granted -= 1;
    this.#arrived.push(payload);
    this.#wake?.();
    return this.#granted >= 0;
  }

  succeed() {
    this.#finish({});
  }

  fail(failure) {
    this.#finish({ failure });
  }

  #finish(end) {
    this.#end ??= end;
    this.#wake?.();
  }

  /** The next message, or undefined at the stream's end. Throws what the stream ended with. */
  async next() {
    while (this.#first === this.#arrived.length) {
      if (this.#end?.failure !== undefined) throw this.#end.failure;
      if (this.#end !== undefined) return undefined;
      await new Promise((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    const payload = this.#arrived[this.#first];
    this.#arrived[this.#first] = undefined;
    this.#first += 1;
    if (this.#first === this.#arrived.length) {
      this.#arrived = [];
      this.#first = 0;
    }
    this.#grant();
    return payload;
  }

  #grant() {
    this.#taken += 1;
    if (this.#taken * 2 < this.#credit || this.#end !== undefined) return;
    this.#granted += this.#taken;
    this.connection.grant(this.stream, this.#taken);
    this.#taken = 0;
  }

  /** Ends the call from this side. */
  cancel() {
    this.#finish({});
    this.#arrived = [];
    this.#first = 0;
    this.connection.cancel(this.stream);
  }
}

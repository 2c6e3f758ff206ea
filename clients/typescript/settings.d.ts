/** How a client behaves. `clients/README.md` says what each is about. */
export interface Settings {
  /** The deadline of a unary call that names none; 10000. */
  timeoutMs?: number;
  /** For one address to take the connection and say hello; 5000. */
  connectTimeoutMs?: number;
  /** After so long a silence with calls open a ping is sent; 4000. */
  keepaliveAfterMs?: number;
  /** When nothing comes for so long behind the ping, the connection is lost; 4000. */
  keepaliveTimeoutMs?: number;
  /** Between two rounds of attempts; doubled each time; 50. */
  leastPauseMs?: number;
  /** 2000. */
  greatestPauseMs?: number;
  /** How many messages of a stream may lie here unread; 64. */
  credit?: number;
}

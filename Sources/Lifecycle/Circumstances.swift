/// What a decision depends on besides the customer and the command.
struct Circumstances {
  let role: Role
  let now: Timestamp
  let policy: Policy
  let jitter: UInt64
}

/// What becomes of an Activate in INACTIVE. No kinds named means all that the role may lift; where a hold is open that
/// the role may not lift, none is lifted.
func decideLift(
  _ kinds: HoldKinds, from holds: [Hold], _ monitoring: Monitoring, in circumstances: Circumstances
) -> Decision {
  let liftable = circumstances.role.liftableHolds
  let blocking = Standing.inactive(holds).holdKinds.subtracting(liftable)
  guard blocking.isEmpty else { return .refused(.onHold(blocking)) }
  let lifted = kinds.isEmpty ? liftable : kinds
  let left = holds.filter { !lifted.contains($0.kind) }
  if !left.isEmpty && left.count == holds.count { return .unchanged }
  return .change(.takenIn(left, monitoring), refusal: nil)
}

/// What becomes of a Deactivate in ACTIVE (no holds) or INACTIVE. A kind that is open already keeps its reason and
/// time.
func decidePlace(
  _ kind: HoldKind?, reason: String, onto holds: [Hold], _ monitoring: Monitoring, in circumstances: Circumstances
) -> Decision {
  guard let kind = kind ?? circumstances.role.ownHold else { return .refused(.roleNotAllowed) }
  if holds.contains(where: { $0.kind == kind }) { return .unchanged }
  let placed = Hold(kind: kind, reason: reason, at: circumstances.now)
  return .change(.inactive(holds + [placed], monitoring), refusal: nil)
}

// The life of a customer: which states there are, which command leads from which to which, and who may give it.
//
// Everything here is pure: values in, values out. Time, randomness and the outcome of a signature check are passed in,
// so the same arguments give the same decision on every machine and in every replay. `decide` is the way in;
// `TransitionTable` is the rules as data. Raw values are the numbers of `gatehouse.v1` and of the journal: they never
// change meaning.

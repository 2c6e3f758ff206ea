/// Guesses what was meant by a word that is not known.
enum Spelling {
  /// The known word that is nearest to `word`, if it is near enough to be a slip of the finger, or that it is short
  /// for.
  static func closest(to word: String, among known: [String]) -> String? {
    let limit = max(1, word.count / 3)
    let near = known.map { (word: $0, distance: distance(word, $0)) }.filter { $0.distance <= limit }
    if let nearest = near.min(by: { ($0.distance, $0.word) < ($1.distance, $1.word) }) { return nearest.word }
    return word.count < 3 ? nil : known.filter { $0.hasPrefix(word) }.min()
  }

  /// How many letters have to be put in, taken out or changed to turn one word into the other (Levenshtein).
  static func distance(_ first: String, _ second: String) -> Int {
    let second = Array(second)
    var row = Array(0...second.count)
    for (index, letter) in first.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in second.indices {
        let change = diagonal + (letter == second[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(change, diagonal + 1, row[column] + 1)
      }
    }
    return row[second.count]
  }
}

/// A function between equally spaced places where its values and slopes are known, by cubics.
///
/// With spacing h the value's error is at most h^4/384 and the slope's h^3/125 times the fourth derivative.
struct HermiteTable: Sendable {
  let start: Double
  let step: Double
  let values: [Double]
  /// Per step.
  let slopes: [Double]

  /// Value and slope at a place. Beyond the ends the function goes on in straight lines.
  func callAsFunction(_ place: Double) -> (value: Double, slope: Double) {
    let last = values.count - 1
    let steps = (place - start) / step
    if !(steps > 0) { return (values[0] + steps * slopes[0], slopes[0] / step) }
    if steps >= Double(last) {
      return (values[last] + (steps - Double(last)) * slopes[last], slopes[last] / step)
    }
    let index = Int(steps)
    let t = steps - Double(index)
    let rise = values[index + 1] - values[index]
    let (before, after) = (slopes[index] - rise, rise - slopes[index + 1])
    // y0 + t rise + t (1 - t) ((1 - t) before + t after), and its derivative.
    let value = values[index] + t * (rise + (1 - t) * ((1 - t) * before + t * after))
    let slope = rise + (1 - t) * (1 - 3 * t) * before + t * (2 - 3 * t) * after
    return (value, slope / step)
  }
}

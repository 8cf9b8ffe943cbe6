import Foundation

/// With so many digits behind the point.
package func rounded(_ value: Double, _ digits: Int) -> String {
  guard abs(value) < 1e9 else { return "\(value)" }
  let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
  let whole = Int((abs(value) * scale).rounded())
  let fraction = String(whole % Int(scale))
  let padded = String(repeating: "0", count: max(0, digits - fraction.count)) + fraction
  return (value < 0 && whole > 0 ? "-" : "") + "\(whole / Int(scale))" + (digits > 0 ? ".\(padded)" : "")
}

/// Some digits, as short as they come.
package func shortNumber(_ value: Double, digits: Int = 4) -> String {
  String(format: "%.\(digits)g", value)
}

/// "1 image", "23 images".
package func counted(_ images: Int) -> String { images == 1 ? "1 image" : "\(images) images" }

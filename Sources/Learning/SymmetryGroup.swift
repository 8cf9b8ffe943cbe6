import Foundation

/// Rotations of the plane by equal parts of a turn, with or without reflections: C_N or D_N.
///
/// Element number `r + N f` turns by r / N of a turn, after a reflection y -> -y if f is 1.
package struct SymmetryGroup: Sendable, Equatable {
  package let rotations: Int
  package let hasReflections: Bool

  package init(rotations: Int, hasReflections: Bool) {
    (self.rotations, self.hasReflections) = (rotations, hasReflections)
  }

  /// Elements.
  package var count: Int { hasReflections ? 2 * rotations : rotations }

  private func parts(_ element: Int) -> (turn: Int, isReflected: Bool) {
    (element % rotations, element >= rotations)
  }

  private func element(_ turn: Int, _ isReflected: Bool) -> Int {
    (turn % rotations + rotations) % rotations + (isReflected ? rotations : 0)
  }

  /// First `b`, then `a`.
  package func product(_ a: Int, _ b: Int) -> Int {
    let ((r, f), (s, g)) = (parts(a), parts(b))
    return element(f ? r - s : r + s, f != g)
  }

  package func inverse(_ a: Int) -> Int {
    let (r, f) = parts(a)
    return f ? a : element(-r, false)
  }

  /// Where an element moves a point.
  package func moved(_ x: Double, _ y: Double, by element: Int) -> (x: Double, y: Double) {
    let (turn, isReflected) = parts(element)
    let y = isReflected ? -y : y
    // Quarter turns without rounding.
    if 4 * turn % rotations == 0 {
      switch 4 * turn / rotations {
      case 1: return (-y, x)
      case 2: return (-x, -y)
      case 3: return (y, -x)
      default: return (x, y)
      }
    }
    let angle = 2 * Double.pi * Double(turn) / Double(rotations)
    return (cos(angle) * x - sin(angle) * y, sin(angle) * x + cos(angle) * y)
  }
}

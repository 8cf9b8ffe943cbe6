import Cosmology
import LensNumerics

/// The linear power spectrum of matter today, and sums over its waves.
///
/// Sums run over wavenumbers that are equally spaced in ln k. For the smooth integrands here this trapezoidal rule is as
/// good as exact, as long as it resolves the oscillations of a kernel.
struct PowerSpectrum: Sendable {
  let transfer: TransferFunction
  let spectralIndex: Double
  /// Of Delta^2, so that fluctuations in spheres of 8 Mpc/h come out as they are given.
  let amplitude: Double
  /// ln of the smallest wavenumber, 1/Mpc: a thousandth of that at equality, below which nothing is left.
  private let start: Double
  /// Delta^2 d ln k, by rising wavenumber.
  private let weights: [Double]

  /// d ln k: waves with k r = 150, where kernels end, are sampled four times in a period.
  static let step = 0.01

  /// - Parameter smallestRadius: Mpc, comoving, that sums are to be good for.
  init(_ cosmology: FlatLambdaCDM, _ fluctuations: MatterFluctuations, smallestRadius: Double) {
    let transfer = TransferFunction(cosmology, fluctuations)
    let start = Double.log(transfer.equality) - 6.9
    let end = Double.log(RadialKernel.correlation.end / smallestRadius)
    let count = Int((end - start) / Self.step) + 2
    (self.transfer, self.start) = (transfer, start)
    spectralIndex = fluctuations.spectralIndex
    let plain = (0..<count).map { index in
      let wavenumber = Double.exp(start + Double(index) * Self.step)
      return Self.step * Self.shape(wavenumber, transfer, fluctuations.spectralIndex)
    }
    let radius = 8 / (cosmology.hubbleConstant / 100)
    let variance = Self.sum(plain, start, .squaredSphere, radius: radius)
    let amplitude = fluctuations.sigma8 * fluctuations.sigma8 / variance
    self.amplitude = amplitude
    weights = plain.map { $0 * amplitude }
  }

  /// Variance of ln k: Delta^2 = k^3 P(k) / (2 pi^2), with k in 1/Mpc, comoving.
  func dimensionless(_ wavenumber: Double) -> Double {
    amplitude * Self.shape(wavenumber, transfer, spectralIndex)
  }

  /// P(k) in comoving Mpc^3.
  func callAsFunction(_ wavenumber: Double) -> Double {
    2 * Double.pi * Double.pi * dimensionless(wavenumber) / (wavenumber * wavenumber * wavenumber)
  }

  private static func shape(_ wavenumber: Double, _ transfer: TransferFunction, _ index: Double) -> Double {
    let growth = transfer(wavenumber)
    return Double.power(wavenumber, 3 + index) * growth * growth
  }

  private static func sum(
    _ weights: [Double], _ start: Double, _ kernel: RadialKernel, radius: Double
  ) -> Double {
    var sum = 0.0
    for (index, weight) in weights.enumerated() {
      let x = Double.exp(start + Double(index) * step) * radius
      if x > kernel.end { break }
      sum += weight * kernel.valueAndSlope(x).value
    }
    return sum
  }

  /// Integral of Delta^2(k) kernel(k r) d ln k as a function of ln r, which steps of four times d ln k make exact.
  ///
  /// The kernel depends on ln k + ln r alone, so one row of its values serves all radii.
  ///
  /// - Parameter radii: Mpc, comoving; the table goes at least from the first to the last.
  func table(_ kernel: RadialKernel, _ radii: ClosedRange<Double>) -> HermiteTable {
    let spacing = 4
    let step = Double(spacing) * Self.step
    let first = Double.log(radii.lowerBound)
    let count = Int((Double.log(radii.upperBound) - first) / step) + 2
    let length = Int((Double.log(kernel.end) - start - first) / Self.step) + 1
    let row = (0..<max(length, 1)).map {
      kernel.valueAndSlope(Double.exp(start + first + Double($0) * Self.step))
    }
    let (values, slopes) = (row.map(\.value), row.map(\.slope))
    let shifts = (0..<count).map { $0 * spacing }
    return HermiteTable(
      start: first, step: step, values: shifts.map { dotProduct(values.dropFirst($0)) },
      slopes: shifts.map { step * dotProduct(slopes.dropFirst($0)) })
  }

  private func dotProduct(_ kernel: ArraySlice<Double>) -> Double {
    var sum = 0.0
    for (weight, value) in zip(weights, kernel) { sum += weight * value }
    return sum
  }
}

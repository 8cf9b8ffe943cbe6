import Instrument
import LensCore
import Simulation

/// An image without noise and what its noise would be, in the pixels that a network sees.
struct ExpectedCounts: Sendable {
  private var rates: [Float]
  private var variances: [Float]

  init(_ observation: Observation, _ instrument: InstrumentSpec, _ preparation: Preparation) {
    let noiseFree = observation.noiseFree
    (rates, variances) = ([], [])
    for (band, camera) in instrument.cameras.enumerated() {
      let (rate, time) = (noiseFree[band].pixels, Float(observation.exposureTimes[band]))
      let (sky, read) = (Float(camera.sky), Float(camera.readNoise))
      rates += preparation.cut(rate, width: instrument.width)
      variances += preparation.cut(
        rate.map { ((max($0, 0) + sky) * time + read * read) / (time * time) }, width: instrument.width)
    }
  }

  /// In standard deviations of the other's noise.
  func difference(from smooth: ExpectedCounts) -> [Float] {
    rates.indices.map {
      smooth.variances[$0] > 0
        ? (rates[$0] - smooth.rates[$0]) / smooth.variances[$0].squareRoot() : 0
    }
  }
}

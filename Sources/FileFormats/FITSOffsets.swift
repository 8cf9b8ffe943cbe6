extension FITSCard {
  /// World coordinates of an image: offsets in arcsec from its middle, x to the right and y up, without a projection.
  ///
  /// No place on the sky is meant, so that the axes are linear (FITS standard 4.0, section 8.2; Greisen & Calabretta
  /// 2002, A&A 395, 1061, eq. 1 with a unit matrix): pixel (i, j), counted from 1, is at
  /// ((i - (width + 1) / 2) pixelScale, (j - (height + 1) / 2) pixelScale).
  ///
  /// - Parameters:
  ///   - pixelScale: Arcsec.
  ///   - isStack: Whether the last axis counts images, from 0.
  ///   - bandCount: Of the bands that a third axis counts then, if there are several.
  package static func offsets(
    width: Int, height: Int, pixelScale: Double, isStack: Bool = false, bandCount: Int = 1
  ) -> [FITSCard] {
    let isBanded = isStack && bandCount > 1
    let sides = [(1, "XOFFSET", width), (2, "YOFFSET", height)]
    var cards = [FITSCard("WCSAXES", .integer(isBanded ? 4 : isStack ? 3 : 2), "axes with world coordinates")]
    for (axis, name, side) in sides {
      cards += [
        FITSCard("CTYPE\(axis)", .text(name), "linear, about the middle of the image"),
        FITSCard("CUNIT\(axis)", .text("arcsec"), "unit of the offset"),
        FITSCard("CRPIX\(axis)", .real(Double(side + 1) / 2), "middle, pixels counted from 1"),
        FITSCard("CRVAL\(axis)", .real(0), "offset there"),
        FITSCard("CDELT\(axis)", .real(pixelScale), "pixel scale"),
      ]
    }
    if isBanded { cards += counting(3, "BAND", "number of the band, from 0", "band") }
    if isStack { cards += counting(isBanded ? 4 : 3, "ROW", "number of the image, from 0", "image") }
    return cards
  }

  /// An axis that counts something from 0.
  private static func counting(_ axis: Int, _ name: String, _ meaning: String, _ what: String) -> [FITSCard] {
    [
      FITSCard("CTYPE\(axis)", .text(name), meaning), FITSCard("CRPIX\(axis)", .real(1), "first \(what)"),
      FITSCard("CRVAL\(axis)", .real(0), "its number"),
      FITSCard("CDELT\(axis)", .real(1), "from \(what) to \(what)"),
    ]
  }

  /// The names of the bands of images that have several.
  package static func bands(_ names: [String]) -> [FITSCard] {
    if names.isEmpty { return [] }
    return [FITSCard("NBANDS", .integer(names.count), "bands of each image")]
      + names.enumerated().map { FITSCard("BAND\($0)", .text($1), "name of the band") }
  }
}

extension FITSCard {
  /// World coordinates of an image: offsets in arcsec from its middle, x to the right and y up, without a projection.
  ///
  /// No place on the sky is meant, so that the axes are linear (FITS standard 4.0, section 8.2; Greisen & Calabretta
  /// 2002, A&A 395, 1061, eq. 1 with a unit matrix): pixel (i, j), counted from 1, is at
  /// ((i - (width + 1) / 2) pixelScale, (j - (height + 1) / 2) pixelScale).
  ///
  /// - Parameters:
  ///   - pixelScale: Arcsec.
  ///   - isStack: Whether a third axis counts images, from 0.
  public static func offsets(width: Int, height: Int, pixelScale: Double, isStack: Bool = false) -> [FITSCard]
  {
    let sides = [(1, "XOFFSET", width), (2, "YOFFSET", height)]
    var cards = [FITSCard("WCSAXES", .integer(isStack ? 3 : 2), "axes with world coordinates")]
    for (axis, name, side) in sides {
      cards += [
        FITSCard("CTYPE\(axis)", .text(name), "linear, about the middle of the image"),
        FITSCard("CUNIT\(axis)", .text("arcsec"), "unit of the offset"),
        FITSCard("CRPIX\(axis)", .real(Double(side + 1) / 2), "middle, pixels counted from 1"),
        FITSCard("CRVAL\(axis)", .real(0), "offset there"),
        FITSCard("CDELT\(axis)", .real(pixelScale), "pixel scale"),
      ]
    }
    guard isStack else { return cards }
    return cards + [
      FITSCard("CTYPE3", .text("ROW"), "number of the image, from 0"),
      FITSCard("CRPIX3", .real(1), "first image"), FITSCard("CRVAL3", .real(0), "its number"),
      FITSCard("CDELT3", .real(1), "from image to image"),
    ]
  }
}

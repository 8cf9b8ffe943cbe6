/// The unit system of every kernel: angles in arcsec and radians (counter-clockwise from +x), distances in
/// Mpc, masses in solar masses, brightness in electrons per second.
public enum Units {
  public static let arcsecPerRadian = 648_000 / Double.pi
  public static let radiansPerDegree = Double.pi / 180
}

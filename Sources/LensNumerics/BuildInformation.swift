import CLensMath

/// What this binary was compiled for.
public enum BuildInformation {
  /// For instance `x86-64-v3 (AVX2, FMA)`.
  public static var instructionSet: String { String(cString: lens_build_instruction_set()) }

  /// Whether this processor has the instructions that the compiler was allowed to use.
  public static var isSupportedByProcessor: Bool { lens_processor_supports_build() == 1 }
}

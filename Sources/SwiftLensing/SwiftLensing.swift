// The umbrella: everything that a user of the library needs, under one import. The kernels of LensNumerics are not
// among it.
@_exported import Cosmology
@_exported import Dataset
@_exported import FileFormats
@_exported import Instrument
@_exported import LensCore
@_exported import LightProfiles
@_exported import MassProfiles
@_exported import Pictures
@_exported import Populations
@_exported import Priors
@_exported import RayTracing
@_exported import Simulation
@_exported import StructureFormation
@_exported import Substructure

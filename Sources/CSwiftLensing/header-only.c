// The header is all there is: Sources/LensingForC implements it, and the compiler holds the two together.

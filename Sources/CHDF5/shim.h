#include <hdf5.h>

// HDF5's types and defaults are macros with casts and calls in them, which Swift does not see.
static inline hid_t lens_h5_float(void) { return H5T_IEEE_F32LE; }
static inline hid_t lens_h5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t lens_h5_double(void) { return H5T_IEEE_F64LE; }
static inline hid_t lens_h5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t lens_h5_c_string(void) { return H5T_C_S1; }
static inline hid_t lens_h5_dataset_creation(void) { return H5P_DATASET_CREATE; }
static inline unsigned lens_h5_truncate(void) { return H5F_ACC_TRUNC; }
static inline unsigned lens_h5_read_only(void) { return H5F_ACC_RDONLY; }
// HDF5 prints its errors by default, and closes at the end of the process what could not be closed before, for
// instance on a full disk, which crashes. To be called before anything else of it.
static inline void lens_h5_prepare(void) {
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

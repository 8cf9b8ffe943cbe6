#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

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

// HDF5 tells errno only in the words of its messages.
static inline herr_t lens_h5_find_errno(unsigned place, const H5E_error2_t *message, void *code) {
    const char *text = message->desc ? strstr(message->desc, "errno = ") : NULL;
    if (text) *(int *)code = atoi(text + strlen("errno = "));
    return 0;
}
// errno of the last call that failed; 0 if it was no system call that did.
static inline int lens_h5_system_error(void) {
    int code = 0;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, lens_h5_find_errno, &code);
    return code;
}

// SwiftLensing in C: any sample of a population, by its number.
//
// Sample i is a pure function of (spec, seed, i): threads, order and batch sizes change nothing.
//
// Functions that give int32_t and no number of something give 0, or one of the numbers below after a failure; lensing_simulator_message then
// says what went wrong. Any function may be called from any thread, on the same simulator as well, except that nothing
// may use a simulator that is being freed. Nothing is ever printed.
#ifndef SWIFTLENSING_H
#define SWIFTLENSING_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A population compiled for one seed.
typedef struct lensing_simulator lensing_simulator;

enum {
  LENSING_OK = 0,
  // A value that is not allowed, in a spec or as an argument.
  LENSING_BAD_VALUE = 2,
  // A file that cannot be read.
  LENSING_BAD_FILE = 3,
  // A sample that cannot be computed.
  LENSING_NUMERICAL = 4,
  // A processor that the library was not built for, for instance.
  LENSING_OTHER = 1,
  // A job that was ended before it was done.
  LENSING_STOPPED = 5
};

// The version of the library, for instance "0.2.0"; it lives as long as the program.
const char *lensing_version(void);

// Makes a simulator from a preset's name or a path (YAML, JSON), or from YAML text.
//
// settings: setting_count changes like "signal_to_noise.value=30"; may be null if there are none.
// message: receives what is wrong if null is returned, cut to message_size bytes with a 0 at the end; may be null.
// status: receives one of the numbers above; may be null.
lensing_simulator *lensing_simulator_create(const char *model, uint64_t seed, const char *const *settings,
                                            int32_t setting_count, char *message, int64_t message_size,
                                            int32_t *status);
lensing_simulator *lensing_simulator_create_from_yaml(const char *yaml, uint64_t seed, const char *const *settings,
                                                      int32_t setting_count, char *message, int64_t message_size,
                                                      int32_t *status);
// As above, with seeds that may be left out, which are pointers for that.
//
// is_yaml: whether source is YAML text; else it is a preset's name or a path.
// seed: null for the one that follows from the spec's name.
// noise_seed: of the noise alone, to expose the same skies again; null for the seed.
lensing_simulator *lensing_simulator_create_with_seeds(const char *source, int32_t is_yaml, const uint64_t *seed,
                                                       const uint64_t *noise_seed, const char *const *settings,
                                                       int32_t setting_count, char *message, int64_t message_size,
                                                       int32_t *status);
// Null is allowed.
void lensing_simulator_free(lensing_simulator *simulator);

// Pixels of an image.
int32_t lensing_simulator_width(const lensing_simulator *simulator);
int32_t lensing_simulator_height(const lensing_simulator *simulator);
// Images of each sky, one for each band; 1 for a camera without bands.
int32_t lensing_simulator_band_count(const lensing_simulator *simulator);

// The seeds in use.
uint64_t lensing_simulator_seed(const lensing_simulator *simulator);
uint64_t lensing_simulator_noise_seed(const lensing_simulator *simulator);

// Classes; labels count them from 0. Parameters: numbers that are known of every sample.
int32_t lensing_simulator_class_count(const lensing_simulator *simulator);
int32_t lensing_simulator_parameter_count(const lensing_simulator *simulator);

// Texts are copied into a buffer of the caller's, cut to its size with a 0 at the end. Returned is the size that the whole
// text needs with its 0, or 0 if there is no such text.
int64_t lensing_simulator_class_name(const lensing_simulator *simulator, int32_t number, char *text, int64_t size);
int64_t lensing_simulator_parameter_name(const lensing_simulator *simulator, int32_t number, char *text,
                                         int64_t size);
// 0 for a camera without bands.
int64_t lensing_simulator_band_name(const lensing_simulator *simulator, int32_t number, char *text, int64_t size);
// "" for a number without a unit.
int64_t lensing_simulator_parameter_unit(const lensing_simulator *simulator, int32_t number, char *text,
                                         int64_t size);
// Keys that the spec or the settings give without effect, each a sentence like "instrument.exposure_time has no effect:
// signal_to_noise decides how long the exposure is". A program should show them to whoever gave the keys.
int32_t lensing_simulator_note_count(const lensing_simulator *simulator);
int64_t lensing_simulator_note(const lensing_simulator *simulator, int32_t number, char *text, int64_t size);
// The spec with its settings, as YAML.
int64_t lensing_simulator_spec(const lensing_simulator *simulator, char *text, int64_t size);
// The failure of the last call for this simulator on this thread; "" if it had none.
int64_t lensing_simulator_message(const lensing_simulator *simulator, char *text, int64_t size);

// Renders the samples whose indices are given; after a failure the memory holds anything.
//
// threads: from 1 to 1024.
// images: [count][band count][height][width] electrons per second.
// labels: [count], or null.
// parameters: [count][parameter count], or null; NaN for what a sample's class does not have.
int32_t lensing_simulator_render(const lensing_simulator *simulator, const int64_t *indices, int64_t count,
                                 int32_t threads, float *images, int32_t *labels, double *parameters);

// The maps of a sample's lens at the pixel centres: [5][height][width], convergence, deflection along x and along y
// (arcsec), potential (arcsec^2), magnification (signed).
int32_t lensing_simulator_truth(const lensing_simulator *simulator, int64_t index, double *maps);

// All maps of a sample: [LENSING_MAP_COUNT - 1 + band count][height][width], the five above, the image without noise in each band
// (electrons per second) and the convergence of the substructure alone.
enum { LENSING_MAP_COUNT = 7 };
int32_t lensing_simulator_truth_maps(const lensing_simulator *simulator, int64_t index, double *maps);

// A piece of substructure.
typedef struct {
  // Of its mass profile.
  char kind[24];
  // Solar masses; the Einstein radius of a point with that mass, arcsec; position, arcsec.
  double mass, einstein_radius, x, y;
  // Of a line, arcsec and radians from +x; NaN for others.
  double length, angle;
  // Of its plane.
  double redshift;
  // c_200 of a halo when it formed, and its truncation radius, arcsec; NaN for what has none.
  double concentration, truncation_radius;
} lensing_piece;

// The substructure of a sample, of which as many pieces are copied as the memory holds; count receives how many there are.
int32_t lensing_simulator_substructure(const lensing_simulator *simulator, int64_t index, lensing_piece *pieces,
                                       int64_t capacity, int64_t *count);

// The same work in the background, to be ended when the caller likes. What is given must stay as it is until then.
typedef struct lensing_job lensing_job;

// As lensing_simulator_render and _truth_maps, which they return without waiting for; job receives what is to be ended.
int32_t lensing_simulator_begin_render(const lensing_simulator *simulator, const int64_t *indices, int64_t count,
                                       int32_t threads, float *images, int32_t *labels, double *parameters,
                                       lensing_job **job);
int32_t lensing_simulator_begin_truth_maps(const lensing_simulator *simulator, int64_t index, double *maps,
                                           lensing_job **job);

// Waits until a job is done, but no longer than some milliseconds; 1 if it is done.
int32_t lensing_job_wait(const lensing_job *job, int32_t milliseconds);

// Ends a job, frees it and makes *job null, at once: one that is not done writes nothing more into the caller's memory, and
// what it is computing is thrown away. Gives what the work came to, or LENSING_STOPPED; 0 if *job is null.
int32_t lensing_job_end(lensing_job **job);

#ifdef __cplusplus
}
#endif

#endif

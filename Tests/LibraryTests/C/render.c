// What a program in C does with the library: renders, asks, makes mistakes, and uses two threads.
//
//     render MODEL SEED COUNT FILE      writes samples 0 to COUNT - 1 as float32 and checks the rest on the way
#include "swiftlensing.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect(int condition, const char *what) {
  if (!condition) {
    fprintf(stderr, "failed: %s\n", what);
    exit(1);
  }
}

struct work {
  const lensing_simulator *simulator;
  int64_t start, count, size;
  float *images;
};

static void *render(void *pointer) {
  struct work *work = pointer;
  int64_t *indices = malloc(sizeof *indices * (size_t)work->count);
  for (int64_t i = 0; i < work->count; ++i) indices[i] = work->start + i;
  int32_t status = lensing_simulator_render(work->simulator, indices, work->count, 1,
                                            work->images + work->start * work->size, NULL, NULL);
  expect(status == LENSING_OK, "rendering on a thread");
  free(indices);
  return NULL;
}

static void expect_mistakes_are_told(lensing_simulator *simulator) {
  char message[200];
  int32_t status = 0;
  expect(lensing_simulator_create("model-c", 1, NULL, 0, message, sizeof message, &status) == NULL, "a wrong model");
  expect(status == LENSING_BAD_VALUE && strstr(message, "model-c") != NULL, "the message of a wrong model");
  expect(lensing_simulator_create(NULL, 1, NULL, 0, NULL, 0, NULL) == NULL, "no model at all");
  expect(lensing_simulator_create("/dev/null/nothing.yaml", 1, NULL, 0, NULL, 0, &status) == NULL, "a missing file");
  expect(status != LENSING_OK, "the status of a missing file");
  const char *kernel[] = {"instrument.psf={file: {path: missing.fits}}"};
  expect(lensing_simulator_create("model-a", 1, kernel, 1, NULL, 0, &status) == NULL && status == LENSING_BAD_FILE,
         "a missing kernel");
  const char *settings[] = {"instrument.width=-3"};
  char tiny[5];
  expect(lensing_simulator_create("model-a", 1, settings, 1, tiny, sizeof tiny, NULL) == NULL, "a wrong width");
  expect(strlen(tiny) == 4, "a message that is cut");
  int64_t wrong[] = {-1};
  float image[1];
  expect(lensing_simulator_render(simulator, wrong, 1, 1, image, NULL, NULL) == LENSING_BAD_VALUE, "a negative index");
  expect(lensing_simulator_message(simulator, message, sizeof message) > 1, "the message of a negative index");
  expect(strstr(message, "-1") != NULL, "what the message names");
  expect(lensing_simulator_render(simulator, NULL, 3, 1, image, NULL, NULL) == LENSING_BAD_VALUE, "no indices");
  expect(lensing_simulator_class_name(simulator, 99, message, sizeof message) == 0, "a class that is not there");
  expect(lensing_simulator_width(NULL) == 0, "no simulator");
  expect(lensing_simulator_band_count(NULL) == 0, "no simulator has no bands");
  lensing_simulator_free(NULL);
}

static void expect_seeds(int64_t size) {
  float *sky = malloc(sizeof *sky * 2 * (size_t)size);
  const int64_t first[] = {0};
  uint64_t seed = 5, noise_seed = 6;
  const char *quiet[] = {"instrument.noise=false"};
  lensing_simulator *named = lensing_simulator_create_with_seeds("model-a", 0, NULL, NULL, NULL, 0, NULL, 0, NULL);
  expect(named != NULL && lensing_simulator_seed(named) == UINT64_C(6870632562358812), "the seed of model-a's name");
  expect(lensing_simulator_noise_seed(named) == lensing_simulator_seed(named), "its noise seed");
  lensing_simulator_free(named);
  for (int k = 0; k < 2; ++k) {
    lensing_simulator *other = lensing_simulator_create_with_seeds("model-a", 0, &seed, k == 0 ? &noise_seed : NULL,
                                                                   quiet, 1, NULL, 0, NULL);
    expect(other != NULL && lensing_simulator_seed(other) == 5, "a seed");
    expect(lensing_simulator_noise_seed(other) == (k == 0 ? 6 : 5), "a noise seed");
    expect(lensing_simulator_render(other, first, 1, 1, sky + k * size, NULL, NULL) == LENSING_OK, "rendering a sky");
    lensing_simulator_free(other);
  }
  expect(memcmp(sky, sky + size, sizeof *sky * (size_t)size) == 0, "the sky does not follow from the noise seed");
  expect(lensing_simulator_create_with_seeds("x: [", 1, NULL, NULL, NULL, 0, NULL, 0, NULL) == NULL, "wrong YAML");
  free(sky);
}

static void expect_facts(const lensing_simulator *simulator, const int32_t *labels, const double *parameters) {
  char text[100];
  int32_t columns = lensing_simulator_parameter_count(simulator);
  expect(lensing_simulator_class_count(simulator) == 3 && columns > 20, "classes and parameters");
  expect(lensing_simulator_class_name(simulator, 1, text, sizeof text) == 7 && strcmp(text, "vortex") == 0, "a class");
  expect(labels[0] == 0 && labels[1] == 1 && labels[2] == 2 && labels[3] == 0, "labels");
  for (int32_t k = 0; k < columns; ++k) {
    lensing_simulator_parameter_name(simulator, k, text, sizeof text);
    if (strcmp(text, "planes_lens_mass_vortex_line_mass_length") != 0) continue;
    // Only the vortex, which is every second of three, has a length.
    expect(parameters[k] != parameters[k] && parameters[columns + k] > 0, "what a class does not have is NaN");
    lensing_simulator_parameter_unit(simulator, k, text, sizeof text);
    expect(strcmp(text, "arcsec") == 0, "a unit");
    return;
  }
  expect(0, "the length of a vortex");
}

static void expect_notes(const lensing_simulator *simulator) {
  char text[200];
  const char *idle[] = {"classes.cloud={planes.lens.halos.cloud: {subhalos: {truncation: 7}}}",
                        "planes.lens.mass.shear={shear: {strength: 0, angle: 1}}", "instrument.sky=0.2"};
  expect(lensing_simulator_note_count(simulator) == 0 && lensing_simulator_note_count(NULL) == 0, "no notes");
  expect(lensing_simulator_note(simulator, 0, text, sizeof text) == 0, "a note that is not there");
  const char *yaml =
      "{classes: {no_sub: {}}, planes: {lens: {mass: {host: {sis: {einstein_radius: 1.1}}}}, source: {redshift: 1, light: {galaxy: sersic}}}}";
  for (int k = 0; k < 3; ++k) {
    lensing_simulator *other =
        k == 0   ? lensing_simulator_create("model-a", 1, idle, 3, NULL, 0, NULL)
        : k == 1 ? lensing_simulator_create_from_yaml(yaml, 1, idle, 3, NULL, 0, NULL)
                 : lensing_simulator_create_with_seeds(yaml, 1, NULL, NULL, idle, 3, NULL, 0, NULL);
    expect(other != NULL && lensing_simulator_note_count(other) == 2, "two notes");
    int found = 0;
    for (int32_t n = 0; n < 2; ++n) {
      expect(lensing_simulator_note(other, n, text, sizeof text) == (int64_t)strlen(text) + 1, "the size of a note");
      found += strstr(text, "subhalos.truncation has no effect: the profile is point_mass") != NULL;
      found += strstr(text, "shear.angle has no effect: the strength is 0") != NULL;
    }
    expect(found == 2, "what the notes say");
    lensing_simulator_free(other);
  }
}

static void expect_maps_and_pieces(const lensing_simulator *simulator, int64_t size, const double *lens) {
  double *maps = malloc(sizeof *maps * LENSING_MAP_COUNT * (size_t)size);
  expect(lensing_simulator_truth_maps(simulator, 1, maps) == LENSING_OK, "all maps");
  expect(memcmp(maps, lens, sizeof *maps * 5 * (size_t)size) == 0, "the first five maps");
  double sum = 0;
  for (int64_t k = 6 * size; k < 7 * size; ++k) sum += maps[k];
  expect(maps[5 * size + size / 2] > 0 && sum > 0, "the image without noise, and a vortex");
  lensing_piece piece;
  int64_t count = 0;
  expect(lensing_simulator_substructure(simulator, 1, &piece, 1, &count) == LENSING_OK && count == 1, "a piece");
  expect(strcmp(piece.kind, "line_mass") == 0 && piece.mass > 0 && piece.length > 0, "a vortex");
  expect(lensing_simulator_substructure(simulator, 2, NULL, 0, &count) == LENSING_OK && count > 1, "a count");
  expect(lensing_simulator_substructure(simulator, 2, &piece, 1, &count) == LENSING_OK, "no more than there is room for");
  expect(piece.length != piece.length, "a subhalo has no length");
  expect(lensing_simulator_substructure(simulator, -2, NULL, 0, &count) == LENSING_BAD_VALUE, "a negative index");
  free(maps);
}

static void expect_jobs_end(const lensing_simulator *simulator, int64_t size, const float *images) {
  enum { COUNT = 400 };
  int64_t *indices = malloc(sizeof *indices * COUNT);
  float *memory = malloc(sizeof *memory * COUNT * (size_t)size);
  for (int64_t i = 0; i < COUNT; ++i) indices[i] = i;
  lensing_job *job = NULL;
  int32_t status = lensing_simulator_begin_render(simulator, indices, 4, 2, memory, NULL, NULL, &job);
  expect(status == LENSING_OK && job != NULL, "a job");
  while (!lensing_job_wait(job, 10)) continue;
  expect(lensing_job_wait(job, 0) == 1 && lensing_job_end(&job) == LENSING_OK && job == NULL, "its end");
  expect(memcmp(memory, images, sizeof *memory * 4 * (size_t)size) == 0, "its images");
  // One that is left lets go of the memory at once: AddressSanitizer sees what is written after it was freed.
  status = lensing_simulator_begin_render(simulator, indices, COUNT, 2, memory, NULL, NULL, &job);
  expect(status == LENSING_OK && lensing_job_wait(job, 20) == 0, "a longer job");
  expect(lensing_job_end(&job) == LENSING_STOPPED && job == NULL, "a job that is left");
  free(indices), free(memory);
  double *maps = malloc(sizeof *maps * LENSING_MAP_COUNT * (size_t)size);
  expect(lensing_simulator_begin_truth_maps(simulator, 0, maps, &job) == LENSING_OK, "maps in the background");
  expect(lensing_job_end(&job) == LENSING_STOPPED, "maps that are left");
  free(maps);
  expect(lensing_simulator_begin_truth_maps(simulator, 0, NULL, &job) == LENSING_BAD_VALUE, "no memory");
  expect(lensing_job_end(NULL) == LENSING_OK && lensing_job_end(&job) == LENSING_OK, "no job");
}

int main(int argc, char **argv) {
  expect(argc == 5, "four arguments");
  int64_t count = atoll(argv[3]);
  char message[1000];
  lensing_simulator *simulator =
      lensing_simulator_create(argv[1], strtoull(argv[2], NULL, 10), NULL, 0, message, sizeof message, NULL);
  expect(simulator != NULL, message);
  expect(strchr(lensing_version(), '.') != NULL, "the version");
  int64_t size = (int64_t)lensing_simulator_width(simulator) * lensing_simulator_height(simulator);
  size_t columns = (size_t)lensing_simulator_parameter_count(simulator);
  // One number more behind each, which must stay as it is.
  float *images = malloc(sizeof *images * (size_t)(count * size + 1));
  float *again = malloc(sizeof *again * (size_t)(count * size));
  int32_t *labels = malloc(sizeof *labels * (size_t)(count + 1));
  double *parameters = malloc(sizeof *parameters * ((size_t)count * columns + 1));
  images[count * size] = -7, labels[count] = -7, parameters[(size_t)count * columns] = -7;
  int64_t *indices = malloc(sizeof *indices * (size_t)count);
  for (int64_t i = 0; i < count; ++i) indices[i] = i;
  expect(lensing_simulator_render(simulator, indices, count, 2, images, labels, parameters) == LENSING_OK, "rendering");
  expect(images[count * size] == -7 && labels[count] == -7 && parameters[(size_t)count * columns] == -7, "bounds");
  expect_facts(simulator, labels, parameters);

  struct work halves[2] = {{simulator, 0, count / 2, size, again},
                           {simulator, count / 2, count - count / 2, size, again}};
  pthread_t thread;
  expect(pthread_create(&thread, NULL, render, &halves[0]) == 0, "a thread");
  render(&halves[1]);
  pthread_join(thread, NULL);
  expect(memcmp(images, again, sizeof *images * (size_t)(count * size)) == 0, "two threads at once");

  double *maps = malloc(sizeof *maps * 5 * (size_t)size);
  expect(lensing_simulator_truth(simulator, 1, maps) == LENSING_OK && maps[0] > 0, "maps");
  expect_maps_and_pieces(simulator, size, maps);
  expect_jobs_end(simulator, size, images);
  expect_mistakes_are_told(simulator);
  expect_seeds(size);
  expect_notes(simulator);

  int64_t needed = lensing_simulator_spec(simulator, NULL, 0);
  char *yaml = malloc((size_t)needed);
  lensing_simulator_spec(simulator, yaml, needed);
  lensing_simulator *copy = lensing_simulator_create_from_yaml(yaml, strtoull(argv[2], NULL, 10), NULL, 0, message,
                                                               sizeof message, NULL);
  expect(copy != NULL, message);
  expect(lensing_simulator_render(copy, indices + 3, 1, 1, again, NULL, NULL) == LENSING_OK, "from YAML");
  expect(memcmp(images + 3 * size, again, sizeof *images * (size_t)size) == 0, "the same from YAML");

  FILE *file = fopen(argv[4], "wb");
  expect(file != NULL && fwrite(images, sizeof *images, (size_t)(count * size), file) == (size_t)(count * size), "file");
  fclose(file);
  lensing_simulator_free(copy);
  lensing_simulator_free(simulator);
  free(yaml), free(maps), free(indices), free(parameters), free(labels), free(again), free(images);
  return 0;
}

// How often memory has been asked for since the program began: by malloc, calloc, realloc or an aligned variant.
#ifndef CALLOCATIONCOUNT_H
#define CALLOCATIONCOUNT_H

long lens_allocation_count(void);

#endif

// Reads codes of the pilot's converter (16 bit, little-endian) and prints each window's plateaus:
// what tests/firmware/test_pilot_sampler.py compares with the twin's own sampler.
#include <stdio.h>
#include <stdlib.h>

#include "front_end/pilot_sampler.h"

int main(int count, char** arguments) {
  if (count != 2) {
    fprintf(stderr, "use: %s SAMPLE_NS <CODES\n", arguments[0]);
    return 2;
  }
  evse::front_end::PilotSampler sampler(static_cast<uint32_t>(atoi(arguments[1])));
  uint8_t bytes[2];
  while (fread(bytes, 1, 2, stdin) == 2) {
    if (!sampler.feed(static_cast<uint16_t>(bytes[0] | bytes[1] << 8))) continue;
    printf("%d %d %d %d\n", sampler.n_high() ? sampler.high_mv() : 0,
           sampler.n_low() ? sampler.low_mv() : 0, sampler.n_high(), sampler.n_low());
  }
  return 0;
}

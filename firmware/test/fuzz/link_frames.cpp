// Whatever the twin's end of the link sends: the client takes it or turns away, and never reads
// or writes where it must not. What it takes, it gives back the same.
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "link/client.h"

namespace {

using namespace evse;

// A block that was decoded and is encoded decodes to the same bytes again.
template <int Size, typename Block>
void comes_back(const Block& block) {
  uint8_t once[Size];
  uint8_t twice[Size];
  uint8_t* to = once;
  link::encode(to, block);
  if (to - once != Size) abort();
  const uint8_t* from = once;
  Block again;
  if (!link::decode(from, again) || from - once != Size) abort();
  to = twice;
  link::encode(to, again);
  if (memcmp(once, twice, Size) != 0) abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const int evses = 1 + (data[0] & 1);
  fuzz::Bytes stream(data + 1, size - 1);
  link::Client client(stream, evses);
  link::Welcome welcome;
  if (!client.greet("fuzz", welcome)) {
    if (strlen(client.refusal()) > 160) abort();
    return 0;
  }
  link::Grant grant;
  while (client.next(grant) == link::Next::Grant) {
    const Outputs outputs[link::kMaxEvses];
    const Report reports[link::kMaxEvses];
    for (int i = 0; i < evses; ++i) {
      comes_back<link::kInputsBytes>(grant.inputs[i]);
      comes_back<link::kCommandBytes>(grant.command[i]);
    }
    if (!client.reply(grant.from_us, 0, 0, outputs, reports)) abort();
  }
  return 0;
}

// Whatever the twin's end of the link sends: the client takes it or turns away, and never reads
// or writes where it must not. What it takes, it gives back the same.
#include <stdlib.h>
#include <string.h>

#include "link/client.h"

namespace {

using namespace evse;

class Bytes final : public link::Stream {
 public:
  Bytes(const uint8_t* data, size_t size) : data_(data), left_(size) {}

  bool read(uint8_t* data, int size) override {
    if (size < 0) abort();
    const size_t wanted = static_cast<size_t>(size);
    if (wanted > left_) return false;
    memcpy(data, data_, wanted);
    data_ += wanted;
    left_ -= wanted;
    return true;
  }

  bool write(const uint8_t* data, int size) override {
    // Every byte of a frame has to have been written: the sanitizer looks at them here.
    volatile uint8_t sum = 0;
    for (int i = 0; i < size; ++i) sum = static_cast<uint8_t>(sum + data[i]);
    return true;
  }

 private:
  const uint8_t* data_;
  size_t left_;
};

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
  Bytes stream(data + 1, size - 1);
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

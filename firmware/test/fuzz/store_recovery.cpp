// A memory that holds anything is read without harm, and holds what is saved from then on.
//
// Power is cut at any byte of any write into a blank memory: what is loaded then is what was saved
// last, or what was saved before it, and never half of each. (Blank, because a fuzzer finds the
// one image in 2^32 whose checksum half a write makes right.)
#include <stdlib.h>
#include <string.h>

#include "store/record.h"

namespace {

using evse::store::Record;

constexpr int kData = 12;
constexpr int kAddress = 5;
constexpr int kMemory = kAddress + Record::bytes(kData) + 5;

class Fram final : public evse::hal::Fram {
 public:
  int size() const override { return kMemory; }

  bool read(int address, uint8_t* data, int size) override {
    check(address, size);
    if (dead_) return false;
    memcpy(data, bytes + address, static_cast<size_t>(size));
    return true;
  }

  // Writes only as many bytes as there is power for.
  bool write(int address, const uint8_t* data, int size) override {
    check(address, size);
    if (dead_) return false;
    const int whole = power_ < 0 || power_ > size ? size : power_;
    memcpy(bytes + address, data, static_cast<size_t>(whole));
    dead_ = power_ >= 0 && whole < size;
    return !dead_;
  }

  void power(int bytes) { power_ = bytes; }
  void power_back() {
    power_ = -1;
    dead_ = false;
  }

  uint8_t bytes[kMemory]{};

 private:
  static void check(int address, int size) {
    if (address < kAddress || size < 0 || address + size > kAddress + Record::bytes(kData)) abort();
  }

  int power_ = -1;
  bool dead_ = false;
};

}  // namespace

namespace {

void holds_anything(const uint8_t* data, size_t size) {
  Fram fram;
  memcpy(fram.bytes, data, size < kMemory ? size : kMemory);
  uint8_t loaded[kData]{};
  Record record(fram, kAddress, kData);
  record.load(loaded);
  uint8_t saved[kData];
  memset(saved, 0xA5, kData);
  if (!record.save(saved)) abort();
  if (!Record(fram, kAddress, kData).load(loaded) || memcmp(loaded, saved, kData) != 0) abort();
}

// One byte says what a blank memory is full of; then, of each two, one where the power is cut and
// one what is saved.
void power_cuts(const uint8_t* data, size_t size) {
  Fram fram;
  memset(fram.bytes, (data[0] & 1) != 0 ? 0xFF : 0x00, kMemory);
  bool any = false;
  uint8_t held[kData]{};
  for (++data, --size; size >= 2; data += 2, size -= 2) {
    Record record(fram, kAddress, kData);
    uint8_t loaded[kData]{};
    if (record.load(loaded) != any) abort();
    if (any && memcmp(loaded, held, kData) != 0) abort();
    uint8_t fresh[kData];
    memset(fresh, data[1], kData);
    const int cut = data[0] % (kData + Record::kOverhead + 8);
    if (cut < kData + Record::kOverhead) fram.power(cut);
    const bool saved = record.save(fresh);
    fram.power_back();

    uint8_t after[kData]{};
    const bool found = Record(fram, kAddress, kData).load(after);
    const bool is_new = found && memcmp(after, fresh, kData) == 0;
    const bool is_old = found == any && (!any || memcmp(after, held, kData) == 0);
    if (saved ? !is_new : !(is_new || is_old)) abort();
    any = found;
    memcpy(held, after, kData);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  holds_anything(data, size);
  power_cuts(data, size);
  return 0;
}

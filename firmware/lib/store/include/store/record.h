// One small record in non-volatile memory that is old or new after a power cut, never half.
//
// Two slots, written in turn: sequence number, data, CRC-32 over both. The valid slot with the
// later number counts. A torn write leaves a slot whose checksum is wrong, and the other one whole.
#pragma once

#include <stdint.h>

#include "hal/fram.h"

namespace evse::store {

// CRC-32 (IEEE 802.3), bit by bit: records are small and no table has to lie in memory.
uint32_t crc32(const uint8_t* data, int size, uint32_t crc = 0);

// What a memory held where a record was looked for.
enum class Found : uint8_t {
  Record,
  Blank,   // it was never written: every byte is 0, or every byte is 255
  Damage,  // something, and no whole record
  Silence  // it does not answer
};

class Record {
 public:
  static constexpr int kMaxData = 240;
  static constexpr int kOverhead = 8;

  // `size` bytes of data, at most kMaxData, at `address`; it takes `bytes(size)` bytes there.
  Record(hal::Fram& fram, int address, int size);

  static constexpr int bytes(int size) { return 2 * (size + kOverhead); }

  // Anything but `Found::Record`: neither slot is valid, and `data` is untouched.
  Found look(uint8_t* data);
  bool load(uint8_t* data) { return look(data) == Found::Record; }

  // False: not written; what was there before still is.
  bool save(const uint8_t* data);

 private:
  bool read_slot(int slot, uint8_t* buffer, uint32_t& sequence, Found& found);

  hal::Fram& fram_;
  int address_;
  int size_;
  int next_slot_ = 0;
  uint32_t next_sequence_ = 1;
  bool unread_ = false;  // a slot did not answer: its sequence number is not known
};

}  // namespace evse::store

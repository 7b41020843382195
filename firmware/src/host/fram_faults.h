// A non-volatile memory that fails as it was ordered to: for tests of whoever relies on it.
#pragma once

#include <stdint.h>

#include "hal/fram.h"

struct cJSON;

namespace evse::host {

// The orders are `faults.json` in the program's directory; without that file nothing fails. It is
// an object of these fields, all whole numbers, none of which has to be there:
//
//   cut_at_write, cut_after_bytes    power goes in that write (from 1, since the program's start)
//                                    once so many bytes of it are written: the program is killed
//   writes_fail_from, writes_fail    so many writes from that one on are refused, nothing of them
//                                    is written; without the second, all
//   reads_fail_from, reads_fail      the same of reads
//   write_us                         virtual time that each write takes: at most an hour
//   flipped_bits                     a list: these bits (8 * address + bit) are read inverted
class FramFaults final : public hal::Fram {
 public:
  explicit FramFaults(hal::Fram& chip) : chip_(chip) {}
  FramFaults(const FramFaults&) = delete;
  FramFaults& operator=(const FramFaults&) = delete;

  // False: `wrong()` says what is, in a line.
  bool take_orders(const char* directory);
  const char* wrong() const { return wrong_; }

  // Writes take time.
  bool slow() const { return write_us_ != 0; }
  // Virtual time that writes have taken since this was last asked.
  uint64_t taken_us();

  int size() const override { return chip_.size(); }
  bool read(int address, uint8_t* data, int size) override;
  bool write(int address, const uint8_t* data, int size) override;

 private:
  static constexpr int kMostFlipped = 64;
  static constexpr int kMostBytes = 4096;

  // A span of calls, counted from 1; none where `from` is 0.
  struct Span {
    uint32_t from = 0;
    uint32_t count = UINT32_MAX;
    bool has(uint32_t call) const { return from != 0 && call >= from && call - from < count; }
  };

  bool fail(const char* field, const char* what);
  bool take(const cJSON* field);
  bool take_flipped(const cJSON* list);

  hal::Fram& chip_;
  uint32_t cut_at_write_ = 0;
  uint32_t cut_after_bytes_ = 0;
  Span writes_fail_;
  Span reads_fail_;
  uint32_t write_us_ = 0;
  uint32_t flipped_[kMostFlipped] = {};
  int flipped_count_ = 0;

  uint32_t writes_ = 0;
  uint32_t reads_ = 0;
  uint64_t taken_us_ = 0;
  char wrong_[200] = {};
};

}  // namespace evse::host

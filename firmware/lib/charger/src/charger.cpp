#include "charger/charger.h"

#include "charger/memory_bytes.h"

namespace evse {

namespace {

// A memory chip that does not answer is asked again that often, and not at every tick.
constexpr uint64_t kTryAgainUs = 1000000;
// A disturbed transfer at the start is no dead chip.
constexpr int kLooks = 3;

}  // namespace

Charger::Charger(hal::Fram& fram, const Hardware& hardware, int seat)
    : controller_(hardware),
      record_(fram, seat * store::Record::bytes(kMemoryBytes), kMemoryBytes) {}

store::Found Charger::boot(uint64_t now_us, int64_t register_mwh) {
  uint8_t data[kMemoryBytes];
  Memory memory;
  store::Found found = store::Found::Silence;
  for (int i = 0; i < kLooks && found == store::Found::Silence; ++i) found = record_.look(data);
  if (found == store::Found::Record && !decode(data, memory)) found = store::Found::Damage;
  if (found != store::Found::Record) {
    memory = Memory();
    memory.energy_mwh = register_mwh;
  }
  controller_.reset(now_us, memory);
  saved_revision_ = controller_.memory_revision();
  // Nothing is written over a register that could not be read.
  unread_ = found == store::Found::Silence;
  memory_fails_ = unread_;
  return found;
}

void Charger::keep(uint64_t now_us) {
  const bool due = !unread_ && controller_.memory_revision() != saved_revision_;
  if (due && (!memory_fails_ || now_us - tried_us_ >= kTryAgainUs)) save(now_us);
}

void Charger::save(uint64_t now_us) {
  uint8_t data[kMemoryBytes];
  const uint32_t revision = controller_.memory_revision();
  encode(controller_.memory(), data);
  tried_us_ = now_us;
  memory_fails_ = !record_.save(data);
  if (!memory_fails_) saved_revision_ = revision;
}

}  // namespace evse

#include "charger/charger.h"

#include "charger/memory_bytes.h"

namespace evse {

namespace {

// A memory chip that does not answer is asked again that often, and not at every tick.
constexpr uint64_t kTryAgainUs = 1000000;

}  // namespace

Charger::Charger(hal::Fram& fram, const Hardware& hardware, int seat)
    : controller_(hardware),
      record_(fram, seat * store::Record::bytes(kMemoryBytes), kMemoryBytes) {}

void Charger::boot(uint64_t now_us, int64_t register_mwh) {
  uint8_t data[kMemoryBytes];
  Memory memory;
  if (!record_.load(data) || !decode(data, memory)) {
    memory = Memory();
    memory.energy_mwh = register_mwh;
  }
  controller_.reset(now_us, memory);
  saved_revision_ = controller_.memory_revision();
  memory_fails_ = false;
}

const Outputs& Charger::tick(uint64_t now_us, const Inputs& in) {
  const Outputs& outputs = controller_.tick(now_us, in);
  const bool due = controller_.memory_revision() != saved_revision_;
  if (due && (!memory_fails_ || now_us - tried_us_ >= kTryAgainUs)) save(now_us);
  return outputs;
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

// Whatever the twin's end of the business link sends: the program takes it or turns away, and never
// reads or writes where it must not. What it asks for is whole, whatever it was told.
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "link/business.h"

namespace {

using namespace evse;

class Told final : public link::Happenings {
 public:
  explicit Told(link::Business& twin) : twin_(twin) {}

  void report(int connector, const Report& report) override {
    if (connector < 1 || connector > link::kMaxEvses) abort();
    if (report.phase > Phase::Faulted || report.last_stop > StopKind::Immediate) abort();
  }
  void tag(int connector, const char (&tag)[link::kTagBytes + 1]) override {
    if (connector < 1 || connector > link::kMaxEvses) abort();
    twin_.event(connector, tag);
  }
  void net_state(link::Net state, hal::Transport::Failure why) override {
    if (state > link::Net::Returned || why > hal::Transport::Failure::CipherSuite) abort();
  }
  void file_data(uint32_t transfer, const uint8_t* data, int size) override {
    echo(transfer, reinterpret_cast<const char*>(data), size);
  }
  void file_done(uint32_t transfer, link::FileOutcome outcome, const char* why,
                 int size) override {
    if (outcome > link::FileOutcome::Denied) abort();
    echo(transfer, why, size);
    twin_.file_end(transfer);
  }
  void net_text(const uint8_t* text, uint32_t size) override {
    const int kept = size < link::kMostText ? static_cast<int>(size) : link::kMostText;
    char copy[link::kMostText];
    memcpy(copy, text, static_cast<size_t>(kept));
    if (!twin_.net_send(copy, kept)) abort();
  }

 private:
  // What was told lies in the buffer that the next frame is written to.
  void echo(uint32_t transfer, const char* text, int size) {
    if (size < 0 || size > link::kMostSaid) abort();
    char copy[link::kMostSaid];
    memcpy(copy, text, static_cast<size_t>(size));
    twin_.file_text(transfer, copy, size);
  }

  link::Business& twin_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const int connectors = 1 + (data[0] & 1);
  fuzz::Bytes stream(data + 1, size - 1);
  static link::Polled polled;
  link::Business twin(stream, connectors);
  Told told(twin);
  link::Welcome welcome;
  if ((data[0] & 2) != 0 && !twin.greet("fuzzed", welcome)) return 0;
  uint64_t now_us = 0;
  for (;;) {
    switch (twin.next(told, now_us)) {
      case link::Business::Next::Poll:
        polled.next_us = now_us;
        twin.command(1, Command());
        twin.net_connect("ws://central.example/CP1", "ocpp1.6", "CP1", data, size < 20 ? 0 : 20);
        twin.polled(polled);
        break;
      case link::Business::Next::PowerCut:
        break;
      case link::Business::Next::Gone:
        return 0;
    }
  }
}

#include "ocpp_program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "battery_clock.h"
#include "certificate_files.h"
#include "certificates/charger_certificates.h"
#include "exit_codes.h"
#include "files.h"
#include "fram_faults.h"
#include "fram_file.h"
#include "held_stream.h"
#include "link/business.h"
#include "link_transport.h"
#include "settings_file.h"
#include "socket_stream.h"
#include "stack_view.h"

namespace evse::host {

namespace {

constexpr char kName[] = "evseloop ocpp";
constexpr int kMostTags = 8;
// What has come in at once, and is looked at four messages at a time.
constexpr int kMostPolls = 64;
// CertificateStoreMaxLength (whitepaper M05); a board with a small store has less.
constexpr int kMostRoots = 20;

class LinkLog final : public ocpp::EventLog {
 public:
  explicit LinkLog(link::Business& twin) : twin_(twin) {}
  void event(int connector, const char* text) override { twin_.event(connector, text); }

 private:
  link::Business& twin_;
};

// What the twin has told since the poll before. It is acted upon when its time is known.
class Told final : public link::Happenings {
 public:
  Told(LinkTransport& transport, LinkUpdater& updater, LinkUploader& uploader)
      : transport_(transport), updater_(updater), uploader_(uploader) {}

  void report(int connector, const Report& report) override { reports_[connector - 1] = report; }
  void tag(int connector, const char (&tag)[link::kTagBytes + 1]) override {
    if (tags_ == kMostTags) return;
    memcpy(tag_[tags_], tag, sizeof tag);
    tag_at_[tags_++] = connector;
  }
  void net_state(link::Net state, hal::Transport::Failure why) override {
    transport_.changed(state, why);
  }
  void net_text(const uint8_t* text, uint32_t size) override { transport_.heard(text, size); }
  void file_data(uint32_t transfer, const uint8_t* data, int size) override {
    updater_.file_data(transfer, data, size);
  }
  void file_done(uint32_t transfer, link::FileOutcome outcome, const char* why,
                 int size) override {
    updater_.file_done(transfer, outcome, why, size);
    uploader_.file_done(transfer, outcome, why, size);
  }

  void tell(ChargingBackend& client, uint64_t now_us, int connectors) {
    for (int i = 0; i < connectors; ++i) client.report(now_us, i + 1, reports_[i]);
    for (int i = 0; i < tags_; ++i) client.present_tag(now_us, tag_at_[i], tag_[i]);
    tags_ = 0;
  }

 private:
  LinkTransport& transport_;
  LinkUpdater& updater_;
  LinkUploader& uploader_;
  Report reports_[ocpp::kConnectors];
  char tag_[kMostTags][link::kTagBytes + 1]{};
  int tag_at_[kMostTags]{};
  int tags_ = 0;
};

ocpp::Settings equipped(const ocpp::Settings& settings, hal::Updater& updater,
                        hal::Uploader& uploader, hal::Certificates& certificates) {
  ocpp::Settings with = settings;
  with.equipment.updater = &updater;
  with.equipment.uploader = &uploader;
  with.equipment.certificates = &certificates;
  return with;
}

bool differ(const Command& a, const Command& b) {
  return a.permitted != b.permitted || a.limit_ma != b.limit_ma || a.phases != b.phases ||
         a.available != b.available || a.hold_lock != b.hold_lock ||
         a.unlock_count != b.unlock_count || a.clear_faults_count != b.clear_faults_count;
}

class Program {
 public:
  Program(const SettingsFile& file, const ocpp::Settings& settings, FramFaults& fram,
          BatteryClock& clock, ImageSlots& slots, hal::Certificates& certificates,
          HeldStream& stream, link::Business& twin)
      : twin_(twin),
        stream_(stream),
        fram_(fram),
        clock_(clock),
        connectors_(file.settings().connectors),
        log_(twin),
        transport_(twin),
        updater_(twin, slots, clock),
        uploader_(twin),
        told_(transport_, updater_, uploader_),
        client_(equipped(settings, updater_, uploader_, certificates), transport_, fram, clock,
                log_) {}

  void run() {
    uint64_t now_us = 0;
    for (;;) {
      switch (twin_.next(told_, now_us)) {
        case link::Business::Next::Poll:
          poll(now_us);
          break;
        case link::Business::Next::PowerCut:
          // Without power nothing is done any more: it waits to be killed.
          while (twin_.next(told_, now_us) != link::Business::Next::Gone) {
          }
          return;
        case link::Business::Next::Gone:
          return;
      }
    }
  }

 private:
  // A memory that takes its time keeps the task that writes to it: what it asked for and what it
  // shows takes effect so much later, and what happens meanwhile waits.
  void poll(uint64_t now_us) {
    if (now_us < busy_until_us_) {
      twin_.polled(shown_);
      return;
    }
    stream_.release();
    if (fram_.slow()) stream_.hold();
    const link::Polled polled = act(now_us);
    const uint64_t taken_us = fram_.taken_us();
    if (taken_us == 0) {
      stream_.release();
      shown_ = polled;
    } else {
      stream_.pass();
      busy_until_us_ = now_us + taken_us;
      shown_.next_us = busy_until_us_;
      shown_.idle = false;
    }
    twin_.polled(shown_);
  }

  link::Polled act(uint64_t now_us) {
    clock_.at(now_us);
    told_.tell(client_, now_us, connectors_);
    link::Polled polled;
    polled.next_us = client_.poll(now_us);
    for (int i = 0; i < kMostPolls && transport_.waiting(); ++i) {
      polled.next_us = client_.poll(now_us);
    }
    for (int i = 0; i < connectors_; ++i) {
      const Command& command = client_.command(i + 1);
      if (commanded_ && !differ(command, command_[i])) continue;
      command_[i] = command;
      twin_.command(i + 1, command);
    }
    commanded_ = true;
    look(client_, connectors_, polled);
    return polled;
  }

  link::Business& twin_;
  HeldStream& stream_;
  FramFaults& fram_;
  BatteryClock& clock_;
  int connectors_;
  LinkLog log_;
  LinkTransport transport_;
  LinkUpdater updater_;
  LinkUploader uploader_;
  Told told_;
  OcppStack client_;
  Command command_[ocpp::kConnectors];
  bool commanded_ = false;
  link::Polled shown_;
  uint64_t busy_until_us_ = 0;
};

int unusable(const char* what) {
  fprintf(stderr, "%s: %s: %s\n", kName, what, strerror(errno));
  return kBadUse;
}

}  // namespace

int run_ocpp(const char* nvm) {
  // All of it is large, and there is one of each.
  static SettingsFile file;
  if (!file.read(nvm)) {
    fprintf(stderr, "%s: %s\n", kName, file.wrong());
    return kBadUse;
  }
  static FramFile fram;
  if (!fram.open(nvm)) return unusable("no non-volatile memory");
  if (fram.had_another_size()) fprintf(stderr, "%s: fram.bin had another size\n", kName);
  static FramFaults failing(fram);
  if (!failing.take_orders(nvm)) {
    fprintf(stderr, "%s: %s\n", kName, failing.wrong());
    return kBadUse;
  }
  static BatteryClock clock(file.battery_clock(), file.utc_at_zero_us());
  if (!clock.open(nvm)) return unusable("no battery-backed clock");
  ocpp::Settings settings = file.settings();
  static ImageSlots slots;
  if (!slots.open(nvm)) return unusable("no image to start: slot.txt");
  if (*slots.version() != '\0') settings.firmware_version = slots.version();
  static CertificateFiles files(nvm);
  static certificates::ChargerCertificates certificates(files, kMostRoots);
  static SocketStream socket(STDIN_FILENO);
  static HeldStream stream(socket);
  static link::Business twin(stream, settings.connectors);
  link::Welcome welcome;
  if (!twin.greet(kName, welcome)) {
    const char* why = twin.refusal();
    fprintf(stderr, "%s: no link: %s\n", kName,
            *why != '\0' ? why : "standard input is no socket with a twin behind it");
    return kNoLink;
  }
  for (int i = 0; i < settings.connectors; ++i) settings.hardware[i] = welcome.hardware[i];
  clock.at(welcome.now_us);
  static Program program(file, settings, failing, clock, slots, certificates, stream, twin);
  program.run();
  return 0;
}

}  // namespace evse::host

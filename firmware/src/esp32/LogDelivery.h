// Logs for the OCPP client: kept until they are whole, then put to an HTTPS server by a task.
#pragma once

#include <freertos/FreeRTOS.h>
#include <freertos/queue.h>
#include <freertos/task.h>
#include <stddef.h>

#include "HttpsRequest.h"
#include "hal/uploader.h"

namespace evse::esp32 {

// ESP-IDF 4.4 sends a body of unknown length by POST only, which few servers take for a file. So
// the text waits in pieces of the heap, which are given back when the server has answered.
class LogDelivery final : public hal::Uploader {
 public:
  // `ca_pem`: what signs the file server's certificate; has to outlive this. Empty: nobody can be
  // believed, and no log leaves. False: no memory for the task.
  bool begin(const char* ca_pem);

  // A log says who charges where, and its URL may have a password in it: no plain HTTP.
  const char* schemes() const override { return "HTTPS"; }
  void begin(const char* url, const char* name) override;
  int put(const char* text, int size) override;
  void finish() override;
  void abandon() override;
  State state() override;
  const char* why() const override { return why_; }

 private:
  static constexpr int kPieceBytes = 2048;
  // A security log with all its events has 36 KiB.
  static constexpr int kMostPieces = 24;
  static constexpr int kUrlBytes = 513;
  static constexpr int kNameBytes = 65;

  // Of one upload; the task has it from `finish` on, and gives it back to the heap.
  struct Parcel {
    ~Parcel();
    char url[kUrlBytes] = {};
    char name[kNameBytes] = {};
    char* pieces[kMostPieces] = {};
    int size = 0;
    uint32_t number = 0;
  };
  struct Answer {
    State state;
    const char* why;
  };

  static void run(void* self);
  void deliver(const Parcel& parcel);
  Answer put_file(const Parcel& parcel);
  Answer post_form(const Parcel& parcel);
  static bool write_pieces(esp_http_client_handle_t client, const Parcel& parcel);
  static Answer answer_of(esp_http_client_handle_t client, int& status);
  void fail(const char* why);

  const char* ca_pem_ = "";
  QueueHandle_t parcels_ = nullptr;
  Parcel* filling_ = nullptr;  // of the task that polls the OCPP client
  // Between the tasks; held for microseconds.
  portMUX_TYPE exchange_ = portMUX_INITIALIZER_UNLOCKED;
  uint32_t number_ = 0;  // of the last upload; one that is abandoned has no number any more
  State state_ = State::Idle;
  const char* why_ = "";
};

}  // namespace evse::esp32

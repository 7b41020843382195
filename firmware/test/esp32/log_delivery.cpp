// Delivers logs with the ESP32's uploader to a file server that this file plays, and prints what the
// server got. The tasks take turns: the uploader's runs when it is asked for, until it would wait.
//
// Arguments: the folder's URL, bytes of the log, and the statuses that the server gives in turn.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <string>
#include <vector>

#include "LogDelivery.h"

using evse::esp32::LogDelivery;

namespace {

// --- FreeRTOS: one task, one queue of pointers ---

void (*task)(void*) = nullptr;
void* task_argument = nullptr;
void* queued = nullptr;
jmp_buf waits;

void run_task() {
  if (setjmp(waits) == 0) task(task_argument);
}

// --- the server ---

std::vector<int> statuses;
size_t requests = 0;

}  // namespace

struct QueueDefinition {};
struct esp_http_client {
  esp_http_client_config_t config = {};
  std::string headers;
  std::string body;
  int announced = 0;
};

QueueHandle_t xQueueCreate(UBaseType_t, UBaseType_t) {
  static QueueDefinition queue;
  return &queue;
}
BaseType_t xQueueSend(QueueHandle_t, const void* item, TickType_t) {
  if (queued != nullptr) return pdFALSE;
  memcpy(&queued, item, sizeof queued);
  return pdTRUE;
}
BaseType_t xQueueReceive(QueueHandle_t, void* item, TickType_t) {
  if (queued == nullptr) longjmp(waits, 1);
  memcpy(item, &queued, sizeof queued);
  queued = nullptr;
  return pdTRUE;
}
BaseType_t xTaskCreatePinnedToCore(TaskFunction_t code, const char*, uint32_t, void* argument,
                                   UBaseType_t, TaskHandle_t*, BaseType_t) {
  task = code;
  task_argument = argument;
  return pdPASS;
}
void vPortEnterCritical(portMUX_TYPE*) {}
void vPortExitCritical(portMUX_TYPE*) {}

esp_http_client_handle_t esp_http_client_init(const esp_http_client_config_t* config) {
  auto* made = new esp_http_client;
  made->config = *config;
  return made;
}
esp_err_t esp_http_client_set_header(esp_http_client_handle_t client, const char* key,
                                     const char* value) {
  client->headers += std::string(key) + ": " + value;
  return ESP_OK;
}
esp_err_t esp_http_client_open(esp_http_client_handle_t client, int size) {
  client->announced = size;
  return requests < statuses.size() && statuses[requests] == 0 ? ESP_FAIL : ESP_OK;
}
int esp_http_client_write(esp_http_client_handle_t client, const char* text, int size) {
  // Takes less than it is given, as a socket may.
  const int taken = size < 1000 ? size : 1000;
  client->body.append(text, static_cast<size_t>(taken));
  return taken;
}
int esp_http_client_fetch_headers(esp_http_client_handle_t) { return 0; }
int esp_http_client_get_status_code(esp_http_client_handle_t) { return statuses[requests]; }
esp_err_t esp_http_client_cleanup(esp_http_client_handle_t client) {
  printf("%s %s auth=%d ca=%s [%s] announced=%d\n",
         client->config.method == HTTP_METHOD_PUT ? "PUT" : "POST", client->config.url,
         client->config.auth_type, client->config.cert_pem, client->headers.c_str(),
         client->announced);
  printf("body %zu %s\n", client->body.size(),
         client->body.substr(0, client->body.size() > 400 ? 0 : 400).c_str());
  ++requests;
  delete client;
  return ESP_OK;
}

int main(int argc, char** argv) {
  for (int i = 3; i < argc; ++i) statuses.push_back(atoi(argv[i]));
  LogDelivery delivery;
  delivery.begin(*argv[1] == '-' ? "" : "CA");
  delivery.begin(argv[1], "CP1-diagnostics.log");
  const std::string text(static_cast<size_t>(atoi(argv[2])), 'x');
  size_t sent = 0;
  while (sent < text.size()) {
    const int taken = delivery.put(text.data() + sent, static_cast<int>(text.size() - sent));
    if (taken <= 0) break;
    sent += static_cast<size_t>(taken);
  }
  printf("taken %zu\n", sent);
  delivery.finish();
  if (argc > 3 && statuses.back() == -1) delivery.abandon();
  run_task();
  constexpr const char* kStates[] = {"Idle", "Sending", "Done", "Failed", "Denied"};
  printf("%s: %s\n", kStates[static_cast<int>(delivery.state())], delivery.why());
  return 0;
}

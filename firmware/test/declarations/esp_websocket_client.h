// docs.espressif.com/projects/esp-idf/en/v4.4/esp32/api-reference/protocols/esp_websocket_client.html
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"
#include "freertos/FreeRTOS.h"

typedef const char* esp_event_base_t;
typedef void (*esp_event_handler_t)(void* arg, esp_event_base_t base, int32_t id, void* data);
typedef struct esp_websocket_client* esp_websocket_client_handle_t;

typedef enum {
  WEBSOCKET_EVENT_ANY = -1,
  WEBSOCKET_EVENT_ERROR = 0,
  WEBSOCKET_EVENT_CONNECTED,
  WEBSOCKET_EVENT_DISCONNECTED,
  WEBSOCKET_EVENT_DATA,
  WEBSOCKET_EVENT_CLOSED,
} esp_websocket_event_id_t;

typedef struct {
  const char* data_ptr;
  int data_len;
  uint8_t op_code;
  esp_websocket_client_handle_t client;
  void* user_context;
  int payload_len;
  int payload_offset;
} esp_websocket_event_data_t;

typedef struct {
  const char* uri;
  bool disable_auto_reconnect;
  int task_stack;
  int buffer_size;
  const char* cert_pem;
  const char* client_cert;
  const char* client_key;
  const char* subprotocol;
  const char* headers;
  int pingpong_timeout_sec;
  bool disable_pingpong_discon;
  int network_timeout_ms;
  size_t ping_interval_sec;
} esp_websocket_client_config_t;

esp_websocket_client_handle_t esp_websocket_client_init(
    const esp_websocket_client_config_t* config);
esp_err_t esp_websocket_client_start(esp_websocket_client_handle_t client);
esp_err_t esp_websocket_client_destroy(esp_websocket_client_handle_t client);
int esp_websocket_client_send_text(esp_websocket_client_handle_t client, const char* data, int len,
                                   TickType_t timeout);
esp_err_t esp_websocket_register_events(esp_websocket_client_handle_t client,
                                        esp_websocket_event_id_t event,
                                        esp_event_handler_t handler, void* argument);

/* Inside web/: forms that anybody may fill in. */
#ifndef KONTOR_WEB_INQUIRY_FORM_H
#define KONTOR_WEB_INQUIRY_FORM_H

#include "web/web.h"

http_handle web_inquiry_form, web_inquiry_send;

#endif

"""The addresses of the product, and those of the peer beside them."""

from django.urls import path

from bench.peer.admin import site
from codi.urls import urlpatterns as product

handler400 = "codi.ui.views.bad_request"
handler403 = "codi.ui.views.forbidden"
handler404 = "codi.ui.views.not_found"
handler500 = "codi.ui.views.server_error"

urlpatterns = [path("peer/", site.urls), *product]

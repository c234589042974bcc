import 'nestjs-prometheus-pushgateway';

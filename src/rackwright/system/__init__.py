"""What has to be bought: servers, racks, network and the bill of materials."""
